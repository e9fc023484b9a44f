'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/request/action';
import { BULK_ACTIONS, MOST_AT_ONCE, previewBulk } from '@/lib/users/bulk';
import { filterOf } from './query';

const many = z.looseObject({
  which: z.enum(['chosen', 'matching']),
  action: z.enum(BULK_ACTIONS),
  filter: z.string().max(400),
});

export const previewBulkChange = userAction(
  many,
  async ({ tenant, cause }, { which, action, filter, ...boxes }) => {
    const ids = Object.keys(boxes).flatMap((name) => (name.startsWith('user-') ? name.slice('user-'.length) : []));
    const who =
      which === 'chosen'
        ? { ids: ids.slice(0, MOST_AT_ONCE) }
        : filterOf(Object.fromEntries(new URLSearchParams(filter)));
    const result = await previewBulk(tenant, action, who, cause);
    if (!result.ok) return result;
    redirect(`/admin/users/bulk/${result.id}`);
  },
  'users',
);
