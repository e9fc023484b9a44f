/** What a test of the phone settings goes through, and how each step can end. Every one has its words under `adminPhone.tried`. */
export const STEPS = ['credentials', 'socket', 'register', 'relay'] as const;

export const OUTCOMES = {
  credentials: ['made', 'no-settings', 'no-sip-account', 'signed-out', 'later'],
  socket: ['open', 'refused', 'slow', 'protocol'],
  register: ['accepted', 'wrong-secret', 'wrong-account', 'forbidden', 'not-found', 'slow', 'lost', 'other'],
  relay: ['through', 'none', 'silent'],
} as const;

export type Step = (typeof STEPS)[number];
export type Outcome = { [Name in Step]: { step: Name; code: (typeof OUTCOMES)[Name][number]; status?: number } }[Step];

/** Whether a step went well, badly, or is merely worth knowing. Pure. */
export function toneOf({ step, code }: Outcome) {
  if (step === 'relay') return code === 'through' ? 'ok' : 'warning';
  return code === OUTCOMES[step][0] ? 'ok' : 'failed';
}
