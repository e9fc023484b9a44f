import { isPasswordHidden } from '@/lib/passwords/hidden';
import type { Policy } from '@/lib/policies/policy';
import { FEW_RECOVERY_CODES } from '@/lib/second-factor/recovery-codes';
import type { Overview } from '@/lib/sessions/overview';

type Fault = 'secondFactorDue' | 'noSecondFactor' | 'fewCodes' | 'noEmail';

/** Where each is fixed. */
export const CURE: Record<Fault, string> = {
  secondFactorDue: '/settings/two-factor',
  noSecondFactor: '/settings/two-factor',
  fewCodes: '/settings/two-factor',
  noEmail: '/settings/profile#email',
};

/** Returns what is missing from a user's account. */
export function faultsOf(seen: Overview, policy: Policy, user: { emergency: boolean }): Fault[] {
  // Fixing any of it requires a password.
  if (isPasswordHidden(policy, user)) return [];
  const faults: Fault[] = [];
  const used = policy.secondFactor !== 'off';
  if (used && !seen.secondFactor) faults.push(policy.secondFactorFrom ? 'secondFactorDue' : 'noSecondFactor');
  if (used && seen.secondFactor && seen.codesLeft <= FEW_RECOVERY_CODES) faults.push('fewCodes');
  if (!seen.hasEmail) faults.push('noEmail');
  return faults;
}
