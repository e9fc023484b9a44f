'use server';

import { z } from 'zod';
import { chooseOperatorPassword } from '@/lib/operators/sign-in-steps';
import { operatorAttemptAction } from '@/lib/request/action';
import { redirectOperatorAfter } from '@/lib/request/redirect-after';

const schema = z.object({ password: z.string().min(1), repeat: z.string().min(1) });

export const submitOwnPassword = operatorAttemptAction('new-password', schema, async ({ attempt, cause }, input) => {
  const result = await chooseOperatorPassword(attempt, input, cause);
  return result.ok ? redirectOperatorAfter(result) : result;
});
