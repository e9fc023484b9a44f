'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { moveConnection } from '@/lib/sso/connections/change';

export const move = userAction(
  z.object({ connection: idOrNone, direction: z.enum(['up', 'down']) }),
  async ({ tenant, cause }, { connection, direction }) => {
    const result = await moveConnection(tenant, connection, direction, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('singleSignOn.moved');
  },
  'single-sign-on',
  true,
);
