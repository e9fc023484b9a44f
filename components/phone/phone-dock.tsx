'use client';

import { type ComponentType, useEffect, useState } from 'react';
import { runningEngine, subscribeToPhone } from './place';
import type { DockWords } from './words';

type Props = { words: DockWords; isPhonePage: boolean };

/** Shows the dock where the phone runs in this document, else a notice if it runs in no tab. */
export function PhoneDock({ words, isPhonePage }: Props) {
  const [Dock, setDock] = useState<ComponentType<Props>>();
  const [isOff, setIsOff] = useState(false);
  useEffect(() => {
    const load = async () => {
      if (!runningEngine()) return;
      const { Dock: loaded } = await import('./dock');
      setDock(() => loaded);
    };
    void load();
    void isPhoneRunning().then((isRunning) => setIsOff(!isRunning && !runningEngine()));
    return subscribeToPhone(() => void load());
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

async function isPhoneRunning() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === 'gatehouse-phone');
}
