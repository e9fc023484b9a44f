import { isPasswordHidden } from '@/lib/passwords/hidden';
import type { Policy } from '@/lib/policies/policy';
import { FEW_RECOVERY_CODES } from '@/lib/second-factor/recovery-codes';
import type { Overview } from '@/lib/sessions/overview';

type Fault = 'secondFactorDue' | 'noSecondFactor' | 'fewCodes' | 'noEmail';

/** Where each is put right. */
export const CURE: Record<Fault, string> = {
  secondFactorDue: '/settings/two-factor',
  noSecondFactor: '/settings/two-factor',
  fewCodes: '/settings/two-factor',
  noEmail: '/settings/profile#email',
};

/** What of a person's account should be put right. */
export function faultsOf(seen: Overview, policy: Policy, user: { emergency: boolean }): Fault[] {
  // All of it is mended with one's own password.
  if (isPasswordHidden(policy, user)) return [];
  const faults: Fault[] = [];
  const used = policy.secondFactor !== 'off';
  if (used && !seen.secondFactor) faults.push(policy.secondFactorFrom ? 'secondFactorDue' : 'noSecondFactor');
  if (used && seen.secondFactor && seen.codesLeft <= FEW_RECOVERY_CODES) faults.push('fewCodes');
  if (!seen.hasEmail) faults.push('noEmail');
  return faults;
}
