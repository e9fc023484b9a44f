'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { confirmEmailChange } from '@/lib/profile';
import { visitorAction } from '@/lib/request/action';
import { emailToken } from '@/lib/request/cookies';

export const confirmAddress = visitorAction(z.object({}), async ({ tenant, cause }) => {
  const result = await confirmEmailChange(tenant, await emailToken(), cause);
  if (!result.ok) return result;
  redirect('/confirm-email/done');
});
