'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { confirmEmailChange } from '@/lib/profile';
import { linkAction } from '@/lib/request/action';

export const confirmAddress = linkAction('emailLink', z.object({}), async ({ tenant, token, cause }) => {
  const result = await confirmEmailChange(tenant, token, cause);
  if (!result.ok) return result;
  redirect('/confirm-email/done');
});
