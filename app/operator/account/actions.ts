'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { version } from '@/lib/forms/version';
import { idOrNone } from '@/lib/ids';
import { changeOperatorPassword } from '@/lib/operators/password';
import { renewOperatorCodes } from '@/lib/operators/second-factor';
import { endOperatorSession, keepOperatorZone } from '@/lib/operators/sessions';
import { operatorAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { setSessionCookie } from '@/lib/request/redirect-after';

const change = z.object({ current: z.string().min(1), password: z.string().min(1), repeat: z.string().min(1) });

export const changeOwnPassword = operatorAction(change, async ({ operator, session, cause }, input) => {
  const result = await changeOperatorPassword({ operatorId: operator.id, sessionId: session.id }, input, cause);
  if (!result.ok) return result;
  await setSessionCookie(result);
  return doneState('operatorAccount.changed');
});

export const makeNewCodes = operatorAction(
  z.object({ password: z.string().min(1) }),
  async ({ operator, session, cause }, { password }) => {
    const result = await renewOperatorCodes({ operatorId: operator.id, sessionId: session.id }, password, cause);
    return result.ok ? redirect('/operator/recovery-codes?return_to=/operator/account') : result;
  },
);

const zone = z.object({ timeZone: z.string().max(60), version });

export const chooseZone = operatorAction(zone, async ({ operator, cause }, input) => {
  const result = await keepOperatorZone(operator.id, input.timeZone, cause, input.version);
  if (!result.ok) return result;
  refresh();
  return doneState('operatorAccount.saved');
});

export const endOwnSession = operatorAction(
  z.object({ session: idOrNone }),
  async ({ operator, cause }, { session }) => {
    const result = await endOperatorSession(operator.id, session, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('operatorAccount.ended');
  },
);
