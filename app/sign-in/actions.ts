'use server';

import { z } from 'zod';
import { visitorAction } from '@/lib/request/action';
import { follow } from '@/lib/request/finish';
import { safePath } from '@/lib/request/return-to';
import { signInWithPassword } from '@/lib/sign-in/with-password';

const schema = z.object({
  username: z.string().trim().min(1).max(320),
  password: z.string().min(1),
  return_to: z.string().catch(''),
});

export const signIn = visitorAction(schema, async ({ tenant, policy, cause, device }, input) => {
  const { username, password } = input;
  const returnTo = safePath(input.return_to);
  const result = await signInWithPassword(tenant, policy, { identifier: username, password, returnTo, device }, cause);
  return result.ok ? follow(result) : result;
});
