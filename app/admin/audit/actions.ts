'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { startCheck } from '@/lib/audit/check';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';

export const checkTrail = userAction(
  z.object({}),
  async ({ tenant, cause }) => {
    await startCheck(tenant.id, cause);
    refresh();
    return doneState('audit.begun');
  },
  'audit',
);
