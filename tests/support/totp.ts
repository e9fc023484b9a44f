import { generateSync } from 'otplib';

/** How long one code is shown, in milliseconds. */
export const STEP = 30_000;

/**
 * The code that an authenticator app shows, `steps` of 30 seconds from now, or from `at` in
 * milliseconds.
 */
export function codeOf(secret: string, steps = 0, at = Date.now()) {
  return generateSync({ secret, epoch: Math.floor((at + steps * STEP) / 1000) });
}

/** A six-digit code that is good at no time near now. */
export function wrongCode(secret: string) {
  const near = new Set(Array.from({ length: 400 }, (_, index) => codeOf(secret, index - 200)));
  for (let number = 0; ; number++) {
    const code = String(number).padStart(6, '0');
    if (!near.has(code)) return code;
  }
}
