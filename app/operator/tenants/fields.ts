import { z } from 'zod';
import { ENTITLEMENTS, type Entitlement } from '@/lib/tenants/entitlements';

const ticked = z.literal('on').optional().catch(undefined);

/** A tenant's settings as both forms ask for them. */
export const settings = {
  name: z.string().trim().min(1).max(80),
  locale: z.enum(['en', 'fr']),
  timeZone: z.string().max(60),
  userLimit: z.string().trim().max(7),
};

export const entitlements = { 'security-policies': ticked, 'single-sign-on': ticked, phone: ticked };

/** Returns the selected entitlements. Pure. */
export function tickedOf(input: Partial<Record<Entitlement, 'on'>>): Entitlement[] {
  return ENTITLEMENTS.filter((name) => input[name] === 'on');
}

/** Returns the typed limit: null for none, NaN for anything but a whole number. Pure. */
export function limitOf(typed: string) {
  if (typed === '') return null;
  return /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
}
