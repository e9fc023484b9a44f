import { generateSecret, generateURI, verifySync } from 'otplib';
import { seal, unseal } from '@/lib/crypto';

/** RFC 6238: SHA-1, six digits, 30 seconds, a secret of 160 bits. */
const STEP_SECONDS = 30;

/** How far from now a code may lie, in seconds, as [past, future]. */
const WINDOW = {
  /** The current code and one step either side (RFC 6238, 5.2). */
  'sign-in': [30, 30],
  /** The first code serves for five minutes, at enrolment only. */
  enrolment: [300, 30],
} as const;

/** How far a wrong code is searched for, to tell a clock that is off from a wrong digit: an hour either side. */
const SEARCHED_STEPS = 120;

export type CodeCheck =
  | { ok: true; step: number }
  | { ok: false; error: 'wrong-code' }
  /** The phone's clock is `minutes` away; `direction` is how the phone's clock lies. */
  | { ok: false; error: 'clock'; minutes: number; direction: 'behind' | 'ahead'; step: number };

/** Promises a new secret in base32. */
export function newTotpSecret() {
  return generateSecret({ length: 20 });
}

export function sealTotpSecret(secret: string, tenantId: string, userId: string) {
  return seal(secret, `v1|${tenantId}|${userId}|totp`);
}

/** Throws where the key is gone or the row was tampered with: a second factor that cannot be read is never skipped. */
export function unsealTotpSecret(sealed: string, tenantId: string, userId: string) {
  return unseal(sealed, `v1|${tenantId}|${userId}|totp`);
}

/** Promises the otpauth: address that the QR code holds. */
export function totpAddress(secret: string, issuer: string, label: string) {
  return generateURI({ strategy: 'totp', secret, issuer, label });
}

/** Promises six digits, or undefined: spaces and a hyphen that an app or a person puts between are let go, nothing else. */
export function parseCode(typed: string) {
  const digits = typed.replace(/[\s-]/g, '');
  return /^[0-9]{6}$/.test(digits) ? digits : undefined;
}

/** Promises the time step that a code belongs to, within the window of `use`. `now` in milliseconds. Never throws. */
export function checkCode(secret: string, typed: string, use: keyof typeof WINDOW, now = Date.now()): CodeCheck {
  const code = parseCode(typed);
  if (!code) return { ok: false, error: 'wrong-code' };
  const [past, future] = WINDOW[use];
  const current = Math.floor(now / 1000 / STEP_SECONDS);
  for (const offset of offsets(past / STEP_SECONDS, future / STEP_SECONDS)) {
    if (isCodeOf(secret, code, current + offset)) return { ok: true, step: current + offset };
  }
  for (const offset of offsets(SEARCHED_STEPS, SEARCHED_STEPS)) {
    if (isCodeOf(secret, code, current + offset)) {
      return {
        ok: false,
        error: 'clock',
        minutes: Math.max(1, Math.round(Math.abs(offset) / 2)),
        direction: offset < 0 ? 'behind' : 'ahead',
        step: current + offset,
      };
    }
  }
  return { ok: false, error: 'wrong-code' };
}

/** Nearest first, so that the likeliest step answers. */
function offsets(past: number, future: number) {
  const all = Array.from({ length: past + future + 1 }, (_, index) => index - past);
  return all.sort((a, b) => Math.abs(a) - Math.abs(b));
}

function isCodeOf(secret: string, code: string, step: number) {
  try {
    return verifySync({ secret, token: code, epoch: step * STEP_SECONDS, epochTolerance: 0 }).valid;
  } catch {
    return false;
  }
}
