'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { startBulk } from '@/lib/people/bulk';
import { userAction } from '@/lib/request/action';

const NOBODY = '00000000-0000-0000-0000-000000000000';

export const startForMany = userAction(
  z.object({ bulk: z.guid().catch(NOBODY) }),
  async ({ tenant, cause }, { bulk }) => {
    const result = await startBulk(tenant, bulk, cause);
    if (!result.ok) return result;
    refresh();
  },
  'users',
);
