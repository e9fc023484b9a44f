'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { Saved } from '@/lib/forms/version';
import { storedPolicy, updatePolicy } from '@/lib/policies/change';
import { readNetworks } from '@/lib/policies/networks';
import { POLICY_BOUNDS } from '@/lib/policies/policy';
import { confirmationOf, type PolicyInput, previewPolicy } from '@/lib/policies/preview';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { showPreview } from './show-preview';

const policySettings = z.object({
  version: z.string().regex(/^\d{1,9}$/),
  confirmed: z.string().max(100).default(''),
  intent: z.enum(['preview', 'save']).default('save'),
  secondFactor: z.enum(['off', 'optional', 'required']),
  secondFactorFrom: z.string().trim().max(20).default(''),
  remember: z.literal('on').optional(),
  resetStyle: z.enum(['link', 'temporary']),
  minLength: whole(POLICY_BOUNDS.passwordMinLength),
  history: whole(POLICY_BOUNDS.passwordHistory),
  lockTries: whole(POLICY_BOUNDS.lockTries),
  lockMinutes: whole(POLICY_BOUNDS.lockMinutes),
  idleMinutes: whole(POLICY_BOUNDS.idleMinutes),
  absoluteMinutes: whole(POLICY_BOUNDS.absoluteMinutes),
  callGraceMinutes: whole(POLICY_BOUNDS.callGraceMinutes),
  networks: z.string().max(2500).default(''),
});

/** Shows a preview first, and saves once the form confirms exactly that preview. */
export const savePolicy = userAction(
  policySettings,
  async ({ tenant, user, session, cause }, { version, confirmed, intent, minLength, history, remember, ...rest }) => {
    const read = readNetworks(rest.networks);
    if (!read.ok) return read;
    const input: PolicyInput = {
      ...rest,
      secondFactorFrom: rest.secondFactorFrom || null,
      networks: read.networks,
      passwordMinLength: minLength,
      passwordHistory: history,
      rememberDevices: remember === 'on',
    };
    const asker = { userId: user.id, sessionId: session.id, address: cause.address };
    const confirmation = confirmationOf(input, version);
    if (intent === 'preview' || confirmed !== confirmation) {
      const preview = await previewPolicy(tenant, input, asker);
      if (!preview.ok) return preview;
      const changed = intent === 'save' && confirmed !== '';
      return showPreview(input, preview.effect, confirmation, { address: asker.address, changed });
    }
    const result = await updatePolicy(tenant, input, cause, { asker, version: Number(version) });
    if (!result.ok) return result.error === 'edit-conflict' ? conflictNow(tenant) : result;
    refresh();
    return doneState('security.saved');
  },
  'security',
  (_who, { intent, confirmed }) => intent === 'save' && confirmed !== '',
);

async function conflictNow(tenant: Tenant) {
  const stored = await storedPolicy(tenant);
  return failure('edit-conflict', { version: stored.version, saved: savedPolicy(stored) });
}

/** Returns the saved policy by the names of the form's fields. */
function savedPolicy(stored: Awaited<ReturnType<typeof storedPolicy>>): Saved {
  const { secondFactor, secondFactorFrom, resetStyle, lockTries, lockMinutes } = stored;
  const { idleMinutes, absoluteMinutes, callGraceMinutes } = stored;
  return {
    ...{ secondFactor, secondFactorFrom, resetStyle, lockTries, lockMinutes },
    ...{ idleMinutes, absoluteMinutes, callGraceMinutes },
    remember: stored.rememberDevices,
    minLength: stored.passwordMinLength,
    history: stored.passwordHistory,
    networks: stored.networks.join('\n'),
  };
}

function whole({ min, max }: { min: number; max: number }) {
  return z
    .string()
    .trim()
    .transform((typed) => (/^\d{1,6}$/.test(typed) ? Number(typed) : typed === '' ? undefined : Number.NaN))
    .pipe(z.number().min(min).max(max));
}
