'use client';

import { useEffect, useId, useRef, useState } from 'react';
import { isCalling } from '@/components/phone/machine/state';
import { Button } from '@/components/ui/button';
import { saySignedOut } from './engine/tab-lock';
import { livingEngine } from './place';
import type { DockWords } from './words';

/** Before somebody signs out: the phone is given back, and during a call it is asked first. */
export function SignOutGuard({ words }: { words: DockWords['signOut'] }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  const isDone = useRef(false);

  async function goOn(wanted: HTMLFormElement) {
    await livingEngine()?.signOut();
    saySignedOut();
    isDone.current = true;
    // A form that is still being sent cannot be sent again.
    setTimeout(() => wanted.requestSubmit());
  }

  useEffect(() => {
    const guard = (event: SubmitEvent) => {
      const { target } = event;
      if (isDone.current || !(target instanceof HTMLFormElement) || !target.matches('[data-sign-out]')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const engine = livingEngine();
      if (!engine || !isCalling(engine.phone)) return void goOn(target);
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
              if (form) void goOn(form);
            }}
          >
            {words.confirm}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
