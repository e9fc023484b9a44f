import type { ReactNode } from 'react';
import { frameWords } from './frame-words';
import { type Idle, IdleWatcher } from './idle-watcher';
import { type BarProps, PortalBar } from './portal-bar';

type Props = Omit<BarProps, 'words'> & {
  idle: Idle | null;
  /** What stands at the foot of every page. */
  dock?: ReactNode;
  children: ReactNode;
};

export async function PortalFrame({ idle, dock, children, ...bar }: Props) {
  return (
    <>
      <PortalBar {...bar} words={await frameWords()} />
      <main id="main" tabIndex={-1} className="page">
        {children}
      </main>
      {dock}
      {idle ? <IdleWatcher {...idle} /> : null}
    </>
  );
}
