import { createHmac, randomBytes } from 'node:crypto';
import { type CryptoPlugin, createGuardrails, generateSecret, generateURI, verifySync } from 'otplib';
import { knownSkew } from '@/lib/clock-skew';
import { sameBytes, seal, unseal } from '@/lib/crypto';

/** Node's HMAC: searching 241 steps takes the library's portable one tens of milliseconds. */
const crypto: CryptoPlugin = {
  name: 'node',
  hmac: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest(),
  randomBytes,
  constantTimeEqual: (a, b) => sameBytes(Buffer.from(a as Uint8Array), Buffer.from(b as Uint8Array)),
};

/** RFC 6238: SHA-1, six digits, 30 seconds, a secret of 160 bits. */
const STEP_SECONDS = 30;

/** How far from now a code may lie, in seconds, as [past, future]. */
const WINDOW = {
  /** The current code and one step either side (RFC 6238, 5.2). */
  'sign-in': [30, 30],
  /** The first code is valid for five minutes. */
  enrolment: [300, 30],
} as const;

/** How far a wrong code is searched to detect a wrong clock: an hour either side. */
const SEARCHED_STEPS = 120;
const SEARCH = createGuardrails({ MAX_WINDOW: 2 * SEARCHED_STEPS + 1 });

type CodeCheck =
  | { ok: true; step: number }
  | { ok: false; error: 'wrong-code' }
  /** The phone's clock is off by `minutes`, in `direction`. */
  | { ok: false; error: 'clock'; minutes: number; direction: 'behind' | 'ahead'; step: number }
  /** Our own clock is off, so the phone's is unknown. */
  | { ok: false; error: 'service-clock'; direction: 'behind' | 'ahead'; step: number };

/** Returns a new secret in base32. */
export function newTotpSecret() {
  return generateSecret({ length: 20 });
}

export function sealTotpSecret(secret: string, tenantId: string, userId: string) {
  return seal(secret, `v1|${tenantId}|${userId}|totp`);
}

/** Throws where the key is missing or the row was altered; the second factor is never skipped. */
export function unsealTotpSecret(sealed: string, tenantId: string, userId: string) {
  return unseal(sealed, `v1|${tenantId}|${userId}|totp`);
}

/** Returns the otpauth: address of the QR code. */
export function totpAddress(secret: string, issuer: string, label: string) {
  return generateURI({ strategy: 'totp', secret, issuer, label });
}

/** Returns six digits without spaces and hyphens, or undefined. */
function parseCode(typed: string) {
  const digits = typed.replace(/[\s-]/g, '');
  return /^[0-9]{6}$/.test(digits) ? digits : undefined;
}

/**
 * Returns the time step that a code belongs to, within the window of `use`. `now` and `skew`, which
 * is how far our clock is known to be off, are in milliseconds. Never throws.
 */
export function checkCode(
  secret: string,
  typed: string,
  use: keyof typeof WINDOW,
  now = Date.now(),
  skew = knownSkew(),
): CodeCheck {
  const code = parseCode(typed);
  if (!code) return { ok: false, error: 'wrong-code' };
  const [past, future] = WINDOW[use];
  const current = Math.floor(now / 1000 / STEP_SECONDS);
  for (const offset of offsets(past / STEP_SECONDS, future / STEP_SECONDS)) {
    if (isCodeOf(secret, code, current + offset)) return { ok: true, step: current + offset };
  }
  const offset = findOffset(secret, code, current) ?? offsetBySkew(secret, code, current, skew);
  if (offset !== undefined) {
    const direction = offset < 0 ? 'behind' : 'ahead';
    if (skew !== 0) return { ok: false, error: 'service-clock', direction, step: current + offset };
    const minutes = Math.max(1, Math.round(Math.abs(offset) / 2));
    return { ok: false, error: 'clock', minutes, direction, step: current + offset };
  }
  return { ok: false, error: 'wrong-code' };
}

/** Returns the offsets, nearest first. */
function offsets(past: number, future: number) {
  const all = Array.from({ length: past + future + 1 }, (_, index) => index - past);
  return all.sort((a, b) => Math.abs(a) - Math.abs(b));
}

/** Returns how many steps from `current` a code lies, within an hour, or undefined. */
function findOffset(secret: string, code: string, current: number) {
  try {
    const reach = SEARCHED_STEPS * STEP_SECONDS;
    const found = verifySync({
      crypto,
      secret,
      token: code,
      epoch: current * STEP_SECONDS,
      epochTolerance: [reach, reach],
      guardrails: SEARCH,
    });
    return found.valid ? found.delta : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns the offset where the code is right by the database's clock, however far ours is from it.
 */
function offsetBySkew(secret: string, code: string, current: number, skew: number) {
  const there = Math.round(skew / 1000 / STEP_SECONDS);
  return [there, there - 1, there + 1].find((offset) => skew !== 0 && isCodeOf(secret, code, current + offset));
}

function isCodeOf(secret: string, code: string, step: number) {
  try {
    return verifySync({ crypto, secret, token: code, epoch: step * STEP_SECONDS, epochTolerance: 0 }).valid;
  } catch {
    return false;
  }
}
