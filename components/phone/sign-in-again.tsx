'use client';

import { useEffect, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { tellPhone } from './use-phone';
import type { DockWords } from './words';

const CHANNEL = 'gatehouse-signed-in';

/** Above the page, while a call goes on without a session: signing in happens in a window of its own. */
export function SignInAgain({ words, isOver }: { words: DockWords['signIn']; isOver: boolean }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!isOver) {
      dialog.current?.close();
      return;
    }
    dialog.current?.showModal();
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => tellPhone({ type: 'signed-in-again' });
    return () => channel.close();
  }, [isOver]);
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

/** Opens the small window in which somebody signs in without leaving the page with the call. */
export function openSignIn() {
  window.open('/sign-in?return_to=%2Fphone%2Fback', 'gatehouse-sign-in', 'popup,width=480,height=760');
}

/** Told by the small window once somebody has signed in there. */
export function tellSignedIn() {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('signed-in');
  channel.close();
}
