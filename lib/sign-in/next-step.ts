import type { Policy } from '@/lib/policies/policy';

export type Step = 'code' | 'enroll' | 'new-password' | 'done';

type Proofs = {
  secondFactor: boolean;
  newPasswordRequired: boolean;
  /**
   * An identity provider stood for the password, and says whether it asked for a second factor
   * itself.
   */
  provider: { factor: 'provider' | null } | null;
};

/**
 * Returns what a sign-in still needs after its first proof. Pure. `open_session` in the database
 * decides the same; tests/sign-in/who-may-sign-in.test.ts compares both.
 */
export function nextStep(
  policy: Pick<Policy, 'secondFactor' | 'ssoSecondFactor' | 'passwordHidden'>,
  user: { hasSecondFactor: boolean; secondFactorRequired: boolean },
  proofs: Proofs,
): Step {
  if (!proofs.secondFactor && asksSecondFactor(policy, proofs.provider)) {
    // A password where passwords are hidden is an emergency account's, and never enough by itself.
    const asked =
      policy.secondFactor === 'required' || (policy.secondFactor === 'optional' && user.secondFactorRequired);
    const required = asked || (!proofs.provider && policy.passwordHidden);
    if ((required || policy.secondFactor !== 'off') && user.hasSecondFactor) return 'code';
    if (required) return 'enroll';
  }
  return proofs.newPasswordRequired ? 'new-password' : 'done';
}

/**
 * Returns whether a remembered device may replace the code: never for an emergency account. Pure.
 */
export function mayRemember(
  policy: Pick<Policy, 'rememberDevices' | 'passwordHidden'>,
  provider: Proofs['provider'] | object,
) {
  return policy.rememberDevices && !(policy.passwordHidden && !provider);
}

function asksSecondFactor({ ssoSecondFactor }: Pick<Policy, 'ssoSecondFactor'>, provider: Proofs['provider']) {
  if (!provider || ssoSecondFactor === 'always') return true;
  return ssoSecondFactor === 'when-missing' && provider.factor === null;
}
