import type { ReactNode } from 'react';
import type { Locale } from '@/lib/language/locale';
import { frameWords } from './frame-words';
import { type Idle, IdleWatcher } from './idle-watcher';
import { type BarProps, PortalBar } from './portal-bar';

type Props = Omit<BarProps, 'words'> & {
  locale: Locale;
  idle: Idle | null;
  /** What stands at the foot of every page. */
  dock?: ReactNode;
  children: ReactNode;
};

/* It waits for nothing: every server component that does costs its page another round. */
export function PortalFrame({ locale, idle, dock, children, ...bar }: Props) {
  return (
    <>
      <PortalBar {...bar} words={frameWords(locale)} />
      <main id="main" tabIndex={-1} className="page">
        {children}
      </main>
      {dock}
      {idle ? <IdleWatcher {...idle} /> : null}
    </>
  );
}
