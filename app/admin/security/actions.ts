'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { POLICY_BOUNDS } from '@/lib/policies';
import { updatePolicy } from '@/lib/policy-settings';
import { said, userAction } from '@/lib/request/action';

const policySettings = z.object({
  secondFactor: z.enum(['off', 'optional', 'required']),
  resetStyle: z.enum(['link', 'temporary']),
  minLength: whole(POLICY_BOUNDS.passwordMinLength),
  idleMinutes: whole(POLICY_BOUNDS.idleMinutes),
  absoluteMinutes: whole(POLICY_BOUNDS.absoluteMinutes),
});

export const savePolicy = userAction(
  policySettings,
  async ({ tenant, cause }, { minLength, ...settings }) => {
    const result = await updatePolicy(tenant, { ...settings, passwordMinLength: minLength }, cause);
    if (!result.ok) return result;
    refresh();
    return said('security.saved');
  },
  'security',
);

function whole({ min, max }: { min: number; max: number }) {
  return z
    .string()
    .trim()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}
