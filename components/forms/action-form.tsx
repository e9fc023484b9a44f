'use client';

import { type FormEvent, type ReactNode, startTransition, useActionState, useEffect, useRef } from 'react';
import { type FormAction, type FormState, IDLE } from '@/lib/forms/state';
import { FormContext } from './form-context';
import { FormMessage } from './form-message';
import { showMessage, showTrouble } from './show-trouble';
import { useOutdated } from './use-outdated';

type Props = {
  action: FormAction;
  hidden?: Record<string, string>;
  done?: ReactNode;
  message?: 'above' | 'none';
  initial?: FormState;
  /** Stands in the form's place once an answer hands over to another host. */
  handoff?: ReactNode;
  className?: string;
  children: ReactNode;
};

export function ActionForm({
  action,
  hidden,
  done,
  message = 'above',
  initial = IDLE,
  handoff,
  className,
  children,
}: Props) {
  const [state, dispatch, pending] = useActionState(action, initial);
  const form = useRef<HTMLFormElement>(null);
  const first = useRef(initial);
  const busy = useRef(false);
  const outdated = useOutdated(state);

  useEffect(() => {
    busy.current = pending;
  }, [pending]);

  useEffect(() => {
    if (state === first.current || !form.current) return;
    forgetSecrets(form.current);
    if (state.status === 'failed') showTrouble(form.current);
    else if (document.activeElement === document.body) showMessage(form.current);
  }, [state]);

  /*
   * React's own submit would reset the form afterwards and lose what the action did not give back.
   */
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    const { submitter } = event.nativeEvent as SubmitEvent;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => dispatch(data));
  }

  return (
    <FormContext value={{ state, pending, outdated }}>
      {state.handoff ? (
        handoff
      ) : (
        <form ref={form} action={dispatch} onSubmit={submit} noValidate className={className ?? 'form'}>
          {Object.entries(hidden ?? {}).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {message === 'above' ? <FormMessage lasting={Boolean(done)} /> : null}
          {state.status === 'done' && done ? done : children}
        </form>
      )}
    </FormContext>
  );
}

function forgetSecrets(form: HTMLFormElement) {
  for (const input of form.querySelectorAll<HTMLInputElement>('[data-secret]')) input.value = '';
}
