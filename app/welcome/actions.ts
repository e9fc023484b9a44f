'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { acceptInvitation, openSlip } from '@/lib/people/invite';
import { visitorAction } from '@/lib/request/action';
import { clearCookie, invitationToken, setCookie } from '@/lib/request/cookies';

const passwords = z.object({ password: z.string().min(1), repeat: z.string().min(1) });

export const choosePassword = visitorAction(passwords, async ({ tenant, policy, cause }, input) => {
  const result = await acceptInvitation(tenant, policy, await invitationToken(), input, cause);
  if (!result.ok) return result;
  await clearCookie('invitation');
  redirect('/sign-in?reason=welcome');
});

export const typeSlip = visitorAction(z.object({ slip: z.string().trim().min(1).max(60) }), async (who, { slip }) => {
  const result = await openSlip(who.tenant, slip, who.cause);
  if (!result.ok) return result;
  await setCookie('invitation', result.token);
  redirect('/welcome');
});
