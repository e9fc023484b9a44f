'use client';

import { type ComponentType, useEffect, useState } from 'react';
import { listenToPhone, livingEngine } from './place';
import type { DockWords } from './words';

type Props = { words: DockWords; isPhonePage: boolean };

/** On every page of a person with a phone: brings the dock where the phone lives in this document, and else says if none runs. */
export function PhoneDock({ words, isPhonePage }: Props) {
  const [Dock, setDock] = useState<ComponentType<Props>>();
  const [isOff, setIsOff] = useState(false);
  useEffect(() => {
    const bring = async () => {
      if (!livingEngine()) return;
      const { Dock: loaded } = await import('./dock');
      setDock(() => loaded);
    };
    void bring();
    void isAnyTabThePhone().then((is) => setIsOff(!is && !livingEngine()));
    return listenToPhone(() => void bring());
  }, []);
  if (Dock) return <Dock words={words} isPhonePage={isPhonePage} />;
  if (!isOff || isPhonePage) return null;
  return (
    <aside className="dock no-print" aria-label={words.region}>
      <p>{words.notRunning}</p>
      <a className="link" href="/phone">
        {words.open}
      </a>
    </aside>
  );
}

async function isAnyTabThePhone() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === 'gatehouse-phone');
}
