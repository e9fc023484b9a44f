'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { requestReset } from '@/lib/passwords/reset/request';
import { anonymousAction } from '@/lib/request/action';

const schema = z.object({ username: z.string().trim().min(1).max(320) });

export const requestPasswordReset = anonymousAction(schema, async ({ tenant, cause }, { username }) => {
  const result = await requestReset(tenant, username, cause);
  if (!result.ok) return result;
  redirect('/forgot-password/submitted');
});
