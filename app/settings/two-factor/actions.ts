'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { setSessionCookie } from '@/lib/request/redirect-after';
import { cancelEnrollment, finishEnrollment, startEnrollment } from '@/lib/second-factor/enroll';
import { renewCodes, turnOffTwoFactor } from '@/lib/second-factor/settings';

const NEW_CODES = '/recovery-codes?return_to=/settings/two-factor';

const proof = z.object({ password: z.string().min(1) });

export const begin = userAction(proof, async ({ tenant, user, session, cause }, { password }) => {
  const result = await startEnrollment(tenant, { userId: user.id, sessionId: session.id }, password, cause);
  return result.ok ? redirect('/settings/two-factor') : result;
});

export const finish = userAction(
  z.object({ code: z.string().min(1) }),
  async ({ tenant, user, session, cause }, input) => {
    const result = await finishEnrollment(tenant, { userId: user.id, sessionId: session.id }, input.code, cause);
    if (!result.ok) return result;
    await setSessionCookie(result);
    redirect(NEW_CODES);
  },
);

export const cancel = userAction(z.object({}), async ({ tenant, user }) => {
  await cancelEnrollment(tenant, user.id);
  redirect('/settings/two-factor');
});

export const newRecoveryCodes = userAction(proof, async ({ tenant, user, session, cause }, { password }) => {
  const result = await renewCodes(tenant, { userId: user.id, sessionId: session.id }, password, cause);
  return result.ok ? redirect(NEW_CODES) : result;
});

export const turnOff = userAction(proof, async ({ tenant, policy, user, session, cause }, { password }) => {
  const result = await turnOffTwoFactor(tenant, policy, { userId: user.id, sessionId: session.id }, password, cause);
  if (!result.ok) return result;
  await setSessionCookie(result);
  refresh();
  return doneState('twoFactor.switchedOff');
});
