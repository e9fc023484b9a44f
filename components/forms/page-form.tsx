'use client';

import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { FormState } from '@/lib/form-state';
import { FormContext } from './form-context';
import { FormMessage } from './form-message';
import { HiddenFields } from './hidden-fields';
import { showTrouble } from './show-trouble';

type Props = { action: string; hidden?: Record<string, string>; state: FormState; children: ReactNode };

/* Longer than the server ever takes: whoever stopped the page may then send again. */
const PATIENCE_MS = 10_000;

/** A form that the browser sends by itself; its answer is the next page, or this one again with what is wrong. */
export function PageForm({ action, hidden, state, children }: Props) {
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    /* Whoever types already before the scripts are here is left where he is. */
    const isUntouched = document.activeElement === document.body;
    if (state.status === 'failed' && isUntouched && form.current) showTrouble(form.current);
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
      <form ref={form} action={action} method="post" onSubmit={submit} noValidate className="form">
        <HiddenFields values={hidden} />
        <FormMessage />
        {children}
      </form>
    </FormContext>
  );
}
