/**
 * The steps of a test of the phone settings, with the outcomes of each. Messages:
 * `adminPhone.tried`.
 */
export const TEST_STEPS = ['credentials', 'socket', 'register', 'relay'] as const;

export const TEST_OUTCOMES = {
  credentials: ['made', 'no-settings', 'no-sip-account', 'signed-out', 'later'],
  socket: ['open', 'refused', 'slow', 'protocol'],
  register: ['accepted', 'wrong-secret', 'wrong-account', 'forbidden', 'not-found', 'slow', 'lost', 'other'],
  relay: ['through', 'none', 'silent'],
} as const;

export type TestStep = (typeof TEST_STEPS)[number];
export type TestOutcome = {
  [Name in TestStep]: { step: Name; code: (typeof TEST_OUTCOMES)[Name][number]; status?: number };
}[TestStep];

/** Returns whether an outcome is a success, a failure or a warning. */
export function toneOf({ step, code }: TestOutcome) {
  if (step === 'relay') return code === 'through' ? 'ok' : 'warning';
  return code === TEST_OUTCOMES[step][0] ? 'ok' : 'failed';
}
