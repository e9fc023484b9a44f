'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { isBusy, isCalling } from '@/components/phone/machine/state';
import { Badge } from '@/components/ui/badge';
import { DockCall } from './dock-call';
import { runningEngine } from './place';
import { listenForShortcuts } from './shortcuts';
import { openSignIn, SignInAgain } from './sign-in-again';
import { SignOutGuard } from './sign-out-guard';
import { navigateSoftly } from './soft-navigation';
import { dispatchToPhone, usePhone } from './use-phone';
import { type DockWords, fill } from './words';

/** The phone on every page but its own, with the dialogs that any page may need. */
export function Dock({ words, isPhonePage }: { words: DockWords; isPhonePage: boolean }) {
  const phone = usePhone();
  const router = useRouter();
  const path = usePathname();
  useEffect(() => navigateSoftly(router, () => isCalling(runningEngine()?.phone ?? phone)), [router, phone]);
  useEffect(() => listenForShortcuts(), []);
  const incoming = phone.calls.find((call) => call.phase === 'incoming');
  return (
    <>
      <p role="alert" className="visually-hidden">
        {incoming ? fill(words.announceIn, { name: incoming.peerName ?? incoming.peer }) : ''}
      </p>
      {isPhonePage || path === '/phone' ? null : (
        <aside className="dock no-print" aria-label={words.region}>
          <p className="dock-state">
            <a className="link" href="/phone">
              {words.open}
            </a>
            <Badge tone={phone.registration.state === 'ready' ? 'success' : 'neutral'}>
              {words[phone.registration.state]}
            </Badge>
          </p>
          {phone.session === 'ended' ? (
            <button type="button" className="button button-small" onClick={openSignIn}>
              {words.signIn.open}
            </button>
          ) : null}
          {phone.calls.map((call) => (
            <DockCall key={call.id} call={call} words={words} />
          ))}
          {phone.wrapUp ? (
            <p className="dock-call">
              <span className="min-w-0 grow">
                {fill(words.wrapUp, { name: phone.wrapUp.call.peerName ?? phone.wrapUp.call.peer })}
              </span>
              <button
                type="button"
                className="button button-small"
                onClick={() => dispatchToPhone({ type: 'finish-wrap-up' })}
              >
                {words.done}
              </button>
            </p>
          ) : null}
        </aside>
      )}
      <SignInAgain words={words.signIn} isSessionEnded={phone.session === 'ended' && isBusy(phone)} />
      <SignOutGuard words={words.signOut} />
    </>
  );
}
