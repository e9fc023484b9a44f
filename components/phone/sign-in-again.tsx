'use client';

import { useEffect, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { dispatchToPhone } from './use-phone';
import type { DockWords } from './words';

const CHANNEL = 'gatehouse-signed-in';

/** Asks to sign in again, in a new window, while a call continues without a session. */
export function SignInAgain({ words, isSessionEnded }: { words: DockWords['signIn']; isSessionEnded: boolean }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!isSessionEnded) {
      dialog.current?.close();
      return;
    }
    dialog.current?.showModal();
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => dispatchToPhone({ type: 'signed-in' });
    return () => channel.close();
  }, [isSessionEnded]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id}>
      <div className="stack">
        <h2 id={id} className="dialog-title">
          {words.title}
        </h2>
        <p>{words.text}</p>
        <div className="dialog-actions">
          <Button onClick={() => dialog.current?.close()}>{words.later}</Button>
          <Button tone="primary" onClick={openSignIn}>
            {words.open}
          </Button>
        </div>
      </div>
    </dialog>
  );
}

/** Opens a window to sign in without leaving the page with the call. */
export function openSignIn() {
  window.open('/sign-in?return_to=%2Fphone%2Fback', 'gatehouse-sign-in', 'popup,width=480,height=760');
}

/** Tells the page with the call that the user has signed in. */
export function announceSignedIn() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('signed-in');
  channel.close();
}
