const CHECK_EVERY_MS = 2000;
/** A timer this late was not merely delayed. */
const ASLEEP_MS = 15_000;

/** Calls `wake` after the computer has slept: the clock has jumped between two checks. */
export function onWake(wake: () => void) {
  let last = Date.now();
  setInterval(() => {
    const now = Date.now();
    // Browsers run the timers of hidden tabs once a minute.
    const slack = document.visibilityState === 'hidden' ? 60_000 + ASLEEP_MS : ASLEEP_MS;
    if (now - last > CHECK_EVERY_MS + slack) wake();
    last = now;
  }, CHECK_EVERY_MS);
}
