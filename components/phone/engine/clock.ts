const LOOK_EVERY_MS = 2000;
/** A timer this late was not busy but asleep. */
const ASLEEP_MS = 15_000;

/** Calls `woke` when the machine has slept: the clock has jumped between two looks. */
export function watchSleep(woke: () => void) {
  let last = Date.now();
  setInterval(() => {
    const now = Date.now();
    // A hidden tab is looked at once a minute; only what is longer than that was a sleep.
    const slack = document.visibilityState === 'hidden' ? 60_000 + ASLEEP_MS : ASLEEP_MS;
    if (now - last > LOOK_EVERY_MS + slack) woke();
    last = now;
  }, LOOK_EVERY_MS);
}
