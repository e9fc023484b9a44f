'use client';

import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { FormState } from '@/lib/forms/state';
import { FormContext } from './form-context';
import { FormMessage } from './form-message';
import { showTrouble } from './show-trouble';

type Props = { state: FormState; children: ReactNode };

/* As long as the server waits for what it depends on; after that the form can be sent again. */
const PATIENCE_MS = 15_000;

/**
 * A form that the browser sends by itself, to the address of its page; its answer is the next page,
 * or this one again with what is wrong.
 */
export function PageForm({ state, children }: Props) {
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (state.status === 'failed' && isUntouched() && form.current) showTrouble(form.current);
  }, [state]);

  useEffect(() => {
    if (!pending) return;
    const again = () => setPending(false);
    const timer = setTimeout(again, PATIENCE_MS);
    /* Back to this page, as the browser kept it. */
    addEventListener('pageshow', again);
    return () => {
      clearTimeout(timer);
      removeEventListener('pageshow', again);
    };
  }, [pending]);

  function submit(event: FormEvent<HTMLFormElement>) {
    if (pending) event.preventDefault();
    setPending(true);
  }

  return (
    <FormContext value={{ state, pending, outdated: false }}>
      <form ref={form} method="post" onSubmit={submit} noValidate className="form">
        <FormMessage />
        {children}
      </form>
    </FormContext>
  );
}

/* If the user moved the focus before hydration, it stays there. */
function isUntouched() {
  const at = document.activeElement;
  return at instanceof HTMLInputElement ? at.autofocus && at.value === at.defaultValue : at === document.body;
}
