'use client';

import { useEffect } from 'react';
import { watchIdle } from './watch-idle';

export function IdleWatcher({ idleMs, checkUrl }: { idleMs: number; checkUrl: string }) {
  useEffect(() => watchIdle({ idleMs, checkUrl, leave: returnToSignIn }), [idleMs, checkUrl]);
  return null;
}

function returnToSignIn(why: string) {
  const here = location.pathname + location.search;
  location.assign(`/sign-in?reason=${encodeURIComponent(why)}&return_to=${encodeURIComponent(here)}`);
}
