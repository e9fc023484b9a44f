'use server';

import { z } from 'zod';
import { changePassword } from '@/lib/passwords/change';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { setSessionCookie } from '@/lib/request/redirect-after';

const change = z.object({ current: z.string().min(1), password: z.string().min(1), repeat: z.string().min(1) });

export const changeOwnPassword = userAction(change, async ({ tenant, policy, user, session, cause }, input) => {
  const result = await changePassword(tenant, policy, { userId: user.id, sessionId: session.id }, input, cause);
  if (!result.ok) return result;
  await setSessionCookie(result);
  return doneState('password.changed');
});
