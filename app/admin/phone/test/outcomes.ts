/** What a test of the phone settings goes through, and how each step can end. Every one has its words under `adminPhone.tried`. */
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

/** Whether a step went well, badly, or is merely worth knowing. Pure. */
export function toneOf({ step, code }: TestOutcome) {
  if (step === 'relay') return code === 'through' ? 'ok' : 'warning';
  return code === TEST_OUTCOMES[step][0] ? 'ok' : 'failed';
}
