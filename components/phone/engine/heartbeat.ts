import type { Portal } from './ports';

const EVERY_MS = 60_000;

/** Returns a switch that reports a running call to the portal at once and every minute. */
export function heartbeat(reportBusy: Portal['reportBusy'], onSessionEnded: (why: string | null) => void) {
  let timer: ReturnType<typeof setInterval> | undefined;

  async function report() {
    const answer = await reportBusy();
    if (answer && !answer.live) onSessionEnded(answer.why);
  }

  return (on: boolean) => {
    clearInterval(timer);
    if (!on) return;
    void report();
    timer = setInterval(report, EVERY_MS);
  };
}
