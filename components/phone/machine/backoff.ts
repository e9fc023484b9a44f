const FIRST_MS = 500;
const LONGEST_MS = 4000;
const PORTAL_FIRST_MS = 2000;
const PORTAL_LONGEST_MS = 30_000;

/** The limit for opening the socket. With the longest backoff, registered again within 10 s. */
export const ATTEMPT_MS = 4000;

/** Returns the wait in ms before attempt `n` (from 0): doubling, with 25 % jitter, at most 5 s. */
export function backoff(n: number, random: number) {
  return jittered(FIRST_MS, LONGEST_MS, n, random);
}

/**
 * Returns the wait in ms before request `n` (from 0) to the portal: at most 38 s with its jitter.
 */
export function portalBackoff(n: number, random: number) {
  return jittered(PORTAL_FIRST_MS, PORTAL_LONGEST_MS, n, random);
}

function jittered(firstMs: number, longestMs: number, n: number, random: number) {
  return Math.round(Math.min(longestMs, firstMs * 2 ** Math.min(n, 10)) * (0.75 + random / 2));
}
