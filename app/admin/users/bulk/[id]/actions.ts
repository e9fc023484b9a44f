'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { includesAdministrator, startBulk } from '@/lib/users/bulk';
import { makeSlips } from '@/lib/users/bulk-slips';

const bulkForm = z.object({ bulk: idOrNone });

export const startForMany = userAction(
  bulkForm,
  async ({ tenant, cause }, { bulk }) => {
    const result = await startBulk(tenant, bulk, cause);
    if (!result.ok) return result;
    refresh();
  },
  'users',
);

export const printSlips = userAction(
  bulkForm,
  async ({ tenant, cause }, { bulk }) => {
    const result = await makeSlips(tenant, bulk, cause);
    if (!result.ok) return result;
    refresh();
    const { slips } = result;
    return { ...(await doneState('bulk.slipsReady', { count: slips.length })), shown: { slips } };
  },
  'users',
  ({ tenant }, { bulk }) => includesAdministrator(tenant, bulk),
);
