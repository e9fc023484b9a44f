'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { removeConnection, setEnabled } from '@/lib/sso/connections/change';
import { setState } from '@/lib/sso/connections/states';
import { discardNextKeys, prepareNextKeys, startNextKeys } from '@/lib/sso/saml/our-keys';
import { refreshMetadata } from '@/lib/sso/saml/refresh';

const one = z.object({ connection: idOrNone });

export const changeState = userAction(
  one.extend({ state: z.enum(['draft', 'beside', 'instead']) }),
  async ({ tenant, cause }, { connection, state }) => {
    const result = await setState(tenant, connection, state, cause);
    if (!result.ok) return result;
    refresh();
    return doneState(`singleSignOn.is.${state}`);
  },
  'single-sign-on',
  true,
);

export const switchOver = userAction(
  one.extend({ enabled: z.enum(['yes', 'no']) }),
  async ({ tenant, cause }, { connection, enabled }) => {
    const result = await setEnabled(tenant, connection, enabled === 'yes', cause);
    if (!result.ok) return result;
    refresh();
    return doneState(enabled === 'yes' ? 'singleSignOn.switchedOn' : 'singleSignOn.switchedOff');
  },
  'single-sign-on',
  true,
);

export const remove = userAction(
  one,
  async ({ tenant, cause }, { connection }) => {
    const result = await removeConnection(tenant, connection, cause);
    return result.ok ? redirect('/admin/single-sign-on?done=removed') : result;
  },
  'single-sign-on',
  true,
);

export const refetchMetadata = userAction(
  one,
  async ({ tenant, cause }, { connection }) => {
    const result = await refreshMetadata(tenant, connection, cause);
    refresh();
    return result.ok ? doneState('singleSignOn.refetched') : result;
  },
  'single-sign-on',
  true,
);

export const prepareKeys = userAction(
  one,
  async ({ tenant, cause }, { connection }) => {
    const result = await prepareNextKeys(tenant, connection, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('singleSignOn.keysPrepared');
  },
  'single-sign-on',
  true,
);

export const startKeys = userAction(
  one,
  async ({ tenant, cause }, { connection }) => {
    const result = await startNextKeys(tenant, connection, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('singleSignOn.keysStarted');
  },
  'single-sign-on',
  true,
);

export const discardKeys = userAction(
  one,
  async ({ tenant, cause }, { connection }) => {
    const result = await discardNextKeys(tenant, connection, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('singleSignOn.keysDiscarded');
  },
  'single-sign-on',
  true,
);
