'use server';

import { z } from 'zod';
import { proveOperatorRecoveryCode } from '@/lib/operators/sign-in-steps';
import { operatorAttemptAction } from '@/lib/request/action';
import { redirectOperatorAfter } from '@/lib/request/redirect-after';

const schema = z.object({ code: z.string().trim().min(1).max(64) });

export const submitOperatorRecoveryCode = operatorAttemptAction(
  'code',
  schema,
  async ({ attempt, cause }, { code }) => {
    const result = await proveOperatorRecoveryCode(attempt, code, cause);
    return result.ok ? redirectOperatorAfter(result) : result;
  },
);
