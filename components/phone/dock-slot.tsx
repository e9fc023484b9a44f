'use client';

import { lazy, Suspense } from 'react';
import type { DockWords } from './words';

// Apart from the pages' own scripts: people without a phone load nothing of it.
const PhoneDock = lazy(() => import('./phone-dock').then((module) => ({ default: module.PhoneDock })));

export function DockSlot(props: { words: DockWords; isPhonePage: boolean }) {
  return (
    <Suspense>
      <PhoneDock {...props} />
    </Suspense>
  );
}
