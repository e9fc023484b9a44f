'use client';

import { useNow } from './use-phone';

/** How long since a moment, or until `to`: said by nobody every second, and read when it is looked at. */
export function Duration({ from, to, label }: { from: number; to: number | null; label: string }) {
  const now = useNow(to === null);
  const seconds = Math.max(0, Math.floor(((to ?? now) - from) / 1000));
  const two = (value: number) => `${value}`.padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const short = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return (
    <span role="timer" aria-label={label} className="phone-time" suppressHydrationWarning>
      {hours > 0 ? `${hours}:${short}` : short}
    </span>
  );
}
