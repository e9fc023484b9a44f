import type { Portal } from '@/components/phone/machine/ports';

const EVERY_MS = 60_000;

/** Says to the portal that a call goes on, at its begin and every minute; `over` hears when the session has ended all the same. */
export function heartbeat(busy: Portal['busy'], over: (why: string | null) => void) {
  let timer: ReturnType<typeof setInterval> | undefined;

  async function say() {
    const answer = await busy();
    if (answer && !answer.live) over(answer.why);
  }

  return (on: boolean) => {
    clearInterval(timer);
    if (!on) return;
    void say();
    timer = setInterval(say, EVERY_MS);
  };
}
