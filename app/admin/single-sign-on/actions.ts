'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { said, userAction } from '@/lib/request/action';
import { moveConnection } from '@/lib/sso/connections';

export const move = userAction(
  z.object({ connection: z.string(), direction: z.enum(['up', 'down']) }),
  async ({ tenant, cause }, { connection, direction }) => {
    const result = await moveConnection(tenant, connection, direction, cause);
    if (!result.ok) return result;
    refresh();
    return said('singleSignOn.moved');
  },
  'single-sign-on',
);
