'use client';

import { useEffect, useId, useRef, useState } from 'react';
import { isCalling } from '@/components/phone/machine/state';
import { Button } from '@/components/ui/button';
import { announceSignedOut } from './engine/tab-lock';
import { runningEngine } from './place';
import type { DockWords } from './words';

/** Unregisters the phone before the user signs out, and asks first during a call. */
export function SignOutGuard({ words }: { words: DockWords['signOut'] }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  const isDone = useRef(false);

  async function signOut(form: HTMLFormElement) {
    await runningEngine()?.signOut();
    announceSignedOut();
    isDone.current = true;
    // The form can be submitted again only after this event.
    setTimeout(() => form.requestSubmit());
  }

  useEffect(() => {
    const guard = (event: SubmitEvent) => {
      const { target } = event;
      if (isDone.current || !(target instanceof HTMLFormElement) || !target.matches('[data-sign-out]')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const engine = runningEngine();
      if (!engine || !isCalling(engine.phone)) return void signOut(target);
      setForm(target);
      dialog.current?.showModal();
    };
    addEventListener('submit', guard, { capture: true });
    return () => removeEventListener('submit', guard, { capture: true });
  });

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id}>
      <div className="stack">
        <h2 id={id} className="dialog-title">
          {words.title}
        </h2>
        <p>{words.text}</p>
        <div className="dialog-actions">
          <Button onClick={() => dialog.current?.close()}>{words.stay}</Button>
          <Button
            tone="danger"
            onClick={() => {
              dialog.current?.close();
              if (form) void signOut(form);
            }}
          >
            {words.confirm}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
