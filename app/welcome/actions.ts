'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { anonymousAction, linkAction } from '@/lib/request/action';
import { clearCookie, setCookie } from '@/lib/request/cookies';
import { signInPath } from '@/lib/sessions/sign-in-path';
import { acceptInvitation, openSlip } from '@/lib/users/accept-invitation';

const passwords = z.object({ password: z.string().min(1), repeat: z.string().min(1) });

export const choosePassword = linkAction('invitation', passwords, async ({ tenant, policy, token, cause }, input) => {
  const result = await acceptInvitation(tenant, policy, token, input, cause);
  if (!result.ok) return result;
  await clearCookie('invitation');
  redirect(signInPath('welcome'));
});

export const typeSlip = anonymousAction(z.object({ slip: z.string().trim().min(1).max(60) }), async (who, { slip }) => {
  const result = await openSlip(who.tenant, slip, who.cause);
  if (!result.ok) return result;
  await setCookie('invitation', result.token);
  redirect('/welcome');
});
