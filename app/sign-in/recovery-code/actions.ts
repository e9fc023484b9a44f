'use server';

import { z } from 'zod';
import { attemptAction } from '@/lib/request/action';
import { redirectAfter } from '@/lib/request/redirect-after';
import { proveRecoveryCode } from '@/lib/sign-in/with-recovery-code';

const schema = z.object({ code: z.string().trim().min(1).max(64) });

export const submitRecoveryCode = attemptAction('code', schema, async (current, { code }) => {
  const { tenant, policy, attempt, cause } = current;
  const result = await proveRecoveryCode(tenant, policy, attempt, code, cause);
  return result.ok ? redirectAfter(tenant, result) : result;
});
