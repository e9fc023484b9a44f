import type { Policy } from '@/lib/policies';

export type Step = 'code' | 'enroll' | 'new-password' | 'done';

/** Promises what a sign-in still needs after its password. Pure, and the only place that decides it. */
export function nextStep(
  policy: Pick<Policy, 'secondFactor'>,
  user: { hasSecondFactor: boolean },
  proofs: { secondFactor: boolean; newPasswordRequired: boolean },
): Step {
  if (!proofs.secondFactor) {
    if (policy.secondFactor !== 'off' && user.hasSecondFactor) return 'code';
    if (policy.secondFactor === 'required') return 'enroll';
  }
  return proofs.newPasswordRequired ? 'new-password' : 'done';
}
