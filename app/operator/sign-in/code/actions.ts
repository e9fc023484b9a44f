'use server';

import { z } from 'zod';
import { proveOperatorCode } from '@/lib/operators/sign-in-steps';
import { operatorAttemptAction } from '@/lib/request/action';
import { redirectOperatorAfter } from '@/lib/request/redirect-after';

const schema = z.object({ code: z.string().trim().min(1).max(32) });

export const submitOperatorCode = operatorAttemptAction('code', schema, async ({ attempt, cause }, { code }) => {
  const result = await proveOperatorCode(attempt, code, cause);
  return result.ok ? redirectOperatorAfter(result) : result;
});
