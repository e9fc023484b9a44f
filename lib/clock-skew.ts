import { statement } from '@/db';
import { log } from '@/lib/log';
import { singleton } from '@/lib/singleton';
import { minutes, seconds } from '@/lib/time';

/** Beyond this, codes and lockouts go wrong: a code of an app is valid for 30 seconds. */
const LARGEST_SKEW = seconds(10);

/** `skew` is the database's clock minus ours, in milliseconds, known to within `margin`. */
export type ClockReading = { skew: number; margin: number };

const shared = singleton<{ reading?: ClockReading }>('clock', () => ({}));

/** Compares our clock with the database's. Throws Unavailable. */
export async function readClocks(): Promise<ClockReading> {
  const [before, from] = [Date.now(), performance.now()];
  const [row] = await statement<{ ms: string }>(
    'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as ms',
    [],
  );
  const margin = (performance.now() - from) / 2;
  return { skew: Math.round(Number(row?.ms) - before - margin), margin: Math.ceil(margin) };
}

/** Returns whether two clocks certainly differ by more than LARGEST_SKEW. Pure. */
export function isSkewed({ skew, margin }: ClockReading) {
  return Math.abs(skew) - margin > LARGEST_SKEW;
}

/** Returns the last reading in this process, or undefined before the first. */
export function lastReading() {
  return shared.reading;
}

/**
 * Returns by how much our own clock is known to be off, in milliseconds; 0 while it agrees with the
 * database's.
 */
export function knownSkew() {
  const reading = shared.reading;
  return reading && isSkewed(reading) ? reading.skew : 0;
}

/** Compares the clocks now and every minute, and logs each change once. Returns what ends it. */
export async function watchClocks(every = minutes(1)) {
  let reported = 0;
  const look = async () => {
    const reading = await readClocks().catch(() => undefined);
    // The database is unavailable, which is reported elsewhere; the last reading is kept.
    if (!reading) return;
    shared.reading = reading;
    reported = report(reading, reported);
  };
  await look();
  const timer = setInterval(look, every).unref();
  return () => clearInterval(timer);
}

/** Returns the skew that was last reported, 0 for clocks that agree. */
function report(reading: ClockReading, before: number) {
  const skew = isSkewed(reading) ? reading.skew : 0;
  // A clock that keeps drifting is a change only when it has moved as far again.
  if (Math.abs(skew - before) <= LARGEST_SKEW && Boolean(skew) === Boolean(before)) return before;
  const skewLogged = { skewSeconds: toSeconds(reading.skew) };
  if (skew) log().error({ alert: 'our clock and the database’s differ', ...skewLogged });
  else log().info({ clock: 'our clock and the database’s agree again', ...skewLogged });
  return skew;
}

/** Returns milliseconds as seconds, to a tenth. */
export function toSeconds(ms: number) {
  return Math.round(ms / 100) / 10;
}
