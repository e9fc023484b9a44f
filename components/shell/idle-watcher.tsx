'use client';

import { useEffect } from 'react';
import { watchIdle } from './watch-idle';

export type Idle = { idleMs: number; checkUrl: string; signInUrl?: string };

export function IdleWatcher({ idleMs, checkUrl, signInUrl = '/sign-in' }: Idle) {
  useEffect(
    () => watchIdle({ idleMs, checkUrl, leave: (why) => returnTo(signInUrl, why) }),
    [idleMs, checkUrl, signInUrl],
  );
  return null;
}

/** A page that must not be left now, such as during a call, prevents the event. */
function returnTo(signInUrl: string, why: string) {
  if (!dispatchEvent(new CustomEvent('gatehouse:leave', { detail: why, cancelable: true }))) return;
  const here = location.pathname + location.search;
  location.assign(`${signInUrl}?reason=${encodeURIComponent(why)}&return_to=${encodeURIComponent(here)}`);
}
