'use server';

import { z } from 'zod';
import { attemptAction } from '@/lib/request/action';
import { redirectAfter } from '@/lib/request/redirect-after';
import { chooseNewPassword } from '@/lib/sign-in/with-new-password';

const schema = z.object({ password: z.string().min(1), repeat: z.string().min(1) });

export const submitNewPassword = attemptAction('new-password', schema, async (current, passwords) => {
  const { tenant, policy, attempt, cause } = current;
  const result = await chooseNewPassword(tenant, policy, attempt, passwords, cause);
  return result.ok ? redirectAfter(tenant, result) : result;
});
