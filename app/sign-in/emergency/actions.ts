'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { anonymousAction } from '@/lib/request/action';
import { redirectAfter } from '@/lib/request/redirect-after';
import { signInWithPassword } from '@/lib/sign-in/with-password';

const schema = z.object({ username: z.string().trim().min(1).max(320), password: z.string().min(1) });

export const signInInEmergency = anonymousAction(schema, async ({ tenant, policy, cause }, input) => {
  if (!policy.passwordHidden) redirect('/sign-in');
  const given = { identifier: input.username, password: input.password, returnTo: null };
  const result = await signInWithPassword(tenant, policy, given, cause, { emergency: true });
  return result.ok ? redirectAfter(tenant, result) : result;
});
