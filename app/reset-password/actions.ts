'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { finishReset } from '@/lib/passwords/reset/by-link';
import { issueTemporaryPassword } from '@/lib/passwords/reset/by-temporary-password';
import { linkAction } from '@/lib/request/action';
import { signInPath } from '@/lib/sessions/sign-in-path';

const passwords = z.object({ password: z.string().min(1), repeat: z.string().min(1) });

export const resetPassword = linkAction('reset', passwords, async ({ tenant, policy, token, cause }, input) => {
  const result = await finishReset(tenant, policy, token, input, cause);
  if (!result.ok) return result;
  redirect(signInPath('password-changed'));
});

export const sendTemporaryPassword = linkAction('reset', z.object({}), async ({ tenant, policy, token, cause }) => {
  const result = await issueTemporaryPassword(tenant, policy, token, cause);
  if (!result.ok) return result;
  redirect('/reset-password/done');
});
