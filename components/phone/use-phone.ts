'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import { FIRST, type Happening } from '@/components/phone/machine/state';
import { listenToPhone, livingEngine } from './place';

/** The phone as it is now; before it begins, and on the server, one that starts. */
export function usePhone() {
  return useSyncExternalStore(
    listenToPhone,
    () => livingEngine()?.phone ?? FIRST,
    () => FIRST,
  );
}

export function useSoundBlocked() {
  return useSyncExternalStore(
    listenToPhone,
    () => livingEngine()?.isSoundBlocked ?? false,
    () => false,
  );
}

/** Tells the phone what the person wants. */
export function tellPhone(happening: Happening) {
  livingEngine()?.tell(happening);
}

/** The time by the clock, once a second while `on`. */
export function useNow(on: boolean) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!on) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [on]);
  return now;
}
