'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import type { PhoneEvent } from '@/components/phone/machine/events';
import { INITIAL_STATE } from '@/components/phone/machine/state';
import { runningEngine, subscribeToPhone } from './place';

/** Returns the current state; the initial state on the server and before the phone starts. */
export function usePhone() {
  return useSyncExternalStore(
    subscribeToPhone,
    () => runningEngine()?.phone ?? INITIAL_STATE,
    () => INITIAL_STATE,
  );
}

export function useSoundBlocked() {
  return useSyncExternalStore(
    subscribeToPhone,
    () => runningEngine()?.isSoundBlocked ?? false,
    () => false,
  );
}

/** Passes an event to the phone, where it runs. */
export function dispatchToPhone(event: PhoneEvent) {
  runningEngine()?.dispatch(event);
}

/** Returns the current time in ms, updated every second while `on`. */
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
