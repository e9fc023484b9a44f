'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { isBusy, isCalling } from '@/components/phone/machine/state';
import { Badge } from '@/components/ui/badge';
import { DockCall } from './dock-call';
import { listenToKeys } from './keys';
import { livingEngine } from './place';
import { openSignIn, SignInAgain } from './sign-in-again';
import { SignOutGuard } from './sign-out-guard';
import { goSoftly } from './soft-navigation';
import { tellPhone, usePhone } from './use-phone';
import { type DockWords, fill } from './words';

/** The phone on pages that are not its own, and what must be asked on all of them. */
export function Dock({ words, isPhonePage }: { words: DockWords; isPhonePage: boolean }) {
  const phone = usePhone();
  const router = useRouter();
  const path = usePathname();
  useEffect(() => goSoftly(router, () => isCalling(livingEngine()?.phone ?? phone)), [router, phone]);
  useEffect(() => listenToKeys(), []);
  const rings = phone.calls.find((call) => call.phase === 'incoming');
  return (
    <>
      <p role="alert" className="visually-hidden">
        {rings ? fill(words.announceIn, { name: rings.peerName ?? rings.peer }) : ''}
      </p>
      {isPhonePage || path === '/phone' ? null : (
        <aside className="dock no-print" aria-label={words.region}>
          <p className="dock-state">
            <a className="link" href="/phone">
              {words.open}
            </a>
            <Badge tone={phone.registration.is === 'ready' ? 'success' : 'neutral'}>
              {words[phone.registration.is]}
            </Badge>
          </p>
          {phone.session === 'over' ? (
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
              <button type="button" className="button button-small" onClick={() => tellPhone({ type: 'wrapped-up' })}>
                {words.done}
              </button>
            </p>
          ) : null}
        </aside>
      )}
      <SignInAgain words={words.signIn} isOver={phone.session === 'over' && isBusy(phone)} />
      <SignOutGuard words={words.signOut} />
    </>
  );
}
