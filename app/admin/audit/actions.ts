'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { beginCheck } from '@/lib/audit/check';
import { said, userAction } from '@/lib/request/action';

export const checkTrail = userAction(
  z.object({}),
  async ({ tenant, cause }) => {
    await beginCheck(tenant.id, cause);
    refresh();
    return said('audit.begun');
  },
  'audit',
);
