'use client';

import { lazy, Suspense } from 'react';
import type { DockWords } from './words';

// A chunk of its own, so that users without a phone do not load it.
const PhoneDock = lazy(() => import('./phone-dock').then((module) => ({ default: module.PhoneDock })));

export function DockSlot(props: { words: DockWords; isPhonePage: boolean }) {
  return (
    <Suspense>
      <PhoneDock {...props} />
    </Suspense>
  );
}
