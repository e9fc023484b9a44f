'use server';

import { z } from 'zod';
import { signInOperator } from '@/lib/operators/sign-in';
import { anonymousOperatorAction } from '@/lib/request/action';
import { redirectOperatorAfter } from '@/lib/request/redirect-after';
import { safePath } from '@/lib/request/return-to';

const schema = z.object({
  username: z.string().trim().min(1).max(320),
  password: z.string().min(1),
  return_to: z.string().catch(''),
});

export const signInToConsole = anonymousOperatorAction(schema, async ({ cause }, input) => {
  const { username, password, return_to } = input;
  const result = await signInOperator({ username, password, returnTo: safePath(return_to) }, cause);
  return result.ok ? redirectOperatorAfter(result) : result;
});
