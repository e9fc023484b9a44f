'use client';

import { useNow } from './use-phone';

/** The time from `from` until `to` or now. A timer role is not announced every second. */
export function Duration({ from, to, label }: { from: number; to: number | null; label: string }) {
  const now = useNow(to === null);
  const seconds = Math.max(0, Math.floor(((to ?? now) - from) / 1000));
  const pad = (value: number) => `${value}`.padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const short = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return (
    <span role="timer" aria-label={label} className="phone-time" suppressHydrationWarning>
      {hours > 0 ? `${hours}:${short}` : short}
    </span>
  );
}
