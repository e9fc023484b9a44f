'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { visitorAction } from '@/lib/request/action';
import { follow } from '@/lib/request/finish';
import { askedPath } from '@/lib/request/return-to';
import { signInWithPassword } from '@/lib/sign-in/with-password';

const schema = z.object({
  username: z.string().trim().min(1).max(320),
  password: z.string().min(1),
  return_to: z.string().catch(''),
});

export const signIn = visitorAction(schema, async ({ tenant, policy, cause, device }, input) => {
  const { username, password } = input;
  const returnTo = askedPath(input.return_to);
  const result = await signInWithPassword(tenant, policy, { identifier: username, password, returnTo, device }, cause);
  if (result.ok) return follow(tenant, result);
  // Hidden since the form was shown: the page now has the buttons.
  if (result.error === 'password-hidden')
    redirect(`/sign-in?${new URLSearchParams({ reason: 'single-sign-on', return_to: returnTo ?? '' })}`);
  return result;
});
