'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { finishReset } from '@/lib/password-reset/by-link';
import { issueTemporaryPassword } from '@/lib/password-reset/by-temporary-password';
import { visitorAction } from '@/lib/request/action';
import { resetToken } from '@/lib/request/cookies';

const passwords = z.object({ password: z.string().min(1), repeat: z.string().min(1) });

export const resetPassword = visitorAction(passwords, async ({ tenant, policy, cause }, input) => {
  const result = await finishReset(tenant, policy, await resetToken(), input, cause);
  if (!result.ok) return result;
  redirect('/sign-in?reason=password-changed');
});

export const sendTemporaryPassword = visitorAction(z.object({}), async ({ tenant, policy, cause }) => {
  const result = await issueTemporaryPassword(tenant, policy, await resetToken(), cause);
  if (!result.ok) return result;
  redirect('/reset-password/done');
});
