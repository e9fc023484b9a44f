'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { linkAction } from '@/lib/request/action';
import { confirmEmailChange } from '@/lib/users/email-change';

export const confirmAddress = linkAction('emailLink', z.object({}), async ({ tenant, token, cause }) => {
  const result = await confirmEmailChange(tenant, token, cause);
  if (!result.ok) return result;
  redirect('/confirm-email/done');
});
