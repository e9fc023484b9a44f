'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { endOtherSessions, endSession } from '@/lib/sessions/end';
import { forgetRemembered } from '@/lib/sign-in/remembered';

const one = z.object({ session: idOrNone });

export const endOne = userAction(one, async ({ tenant, user, cause }, input) => {
  const result = await endSession(tenant, user.id, input.session, cause);
  if (!result.ok) return result;
  refresh();
  return doneState('sessions.ended');
});

const device = z.object({ device: idOrNone });

export const forgetOne = userAction(device, async ({ tenant, user, cause }, input) => {
  const result = await forgetRemembered(tenant, user.id, input.device, cause);
  if (!result.ok) return result;
  refresh();
  return doneState('sessions.forgotten', { count: 1 });
});

export const forgetAll = userAction(z.object({}), async ({ tenant, user, cause }) => {
  const result = await forgetRemembered(tenant, user.id, null, cause);
  if (!result.ok) return result;
  refresh();
  return doneState('sessions.forgotten', { count: result.forgotten });
});

export const endOthers = userAction(z.object({}), async ({ tenant, user, session, cause }) => {
  const { ended } = await endOtherSessions(tenant, user.id, session.id, cause);
  refresh();
  return doneState('sessions.othersEnded', { count: ended });
});
