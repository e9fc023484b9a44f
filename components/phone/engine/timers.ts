import type { TimerName } from '@/components/phone/machine/state';

/** Runs the machine's timers. Setting a running one restarts it. */
export function timerSet(onTimer: (name: TimerName) => void) {
  const timers = new Map<TimerName, ReturnType<typeof setTimeout>>();

  function clear(name: TimerName) {
    clearTimeout(timers.get(name));
    timers.delete(name);
  }

  function set(name: TimerName, ms: number) {
    clear(name);
    const timer = setTimeout(() => {
      timers.delete(name);
      onTimer(name);
    }, ms);
    timers.set(name, timer);
  }

  return { set, clear };
}
