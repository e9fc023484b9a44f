const FIRST_MS = 500;
const LONGEST_MS = 4000;
/** How long one attempt to open the socket may take. With the longest wait: registered again within 10 s. */
export const ATTEMPT_MS = 4000;

/** How long to wait before attempt `n` (0 for the first): doubling, at most 5 s, and never all phones at once. Pure. */
export function backoff(n: number, random: number) {
  const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(n, 10));
  return Math.round(base * (0.75 + random / 2));
}

/** The same for the portal's own answers, which may say that we ask too often: at most 30 s. Pure. */
export function askAgainIn(n: number, random: number) {
  return Math.round(Math.min(30_000, 2000 * 2 ** Math.min(n, 10)) * (0.75 + random / 2));
}
