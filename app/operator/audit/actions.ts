'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { startCheck } from '@/lib/audit/check';
import { PROVIDER } from '@/lib/audit/provider';
import { operatorAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';

export const checkOwnTrail = operatorAction(z.object({}), async ({ cause }) => {
  await startCheck(PROVIDER, cause);
  refresh();
  return doneState('audit.begun');
});
