'use client';

import { createContext, type ReactNode, useActionState, useContext, useEffect, useRef } from 'react';
import { type FormAction, IDLE } from '@/lib/forms/state';
import { FormContext } from './form-context';
import { FormMessage } from './form-message';
import { showMessage } from './show-trouble';
import { useOutdated } from './use-outdated';

/**
 * One action that every row of a list offers. Its result stays under the list when the row goes.
 */
export function RowForms({ action, children }: { action: FormAction; children: ReactNode }) {
  const [state, dispatch, pending] = useActionState(action, IDLE);
  const outdated = useOutdated(state);
  const list = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (state === IDLE || !list.current) return;
    for (const dialog of list.current.querySelectorAll('dialog')) dialog.close();
    showMessage(list.current);
  }, [state]);

  return (
    <div ref={list} className="stack">
      <RowContext value={{ dispatch, pending }}>{children}</RowContext>
      <FormContext value={{ state, pending, outdated }}>
        <FormMessage />
      </FormContext>
    </div>
  );
}

export function RowForm({ hidden, children }: { hidden: Record<string, string>; children: ReactNode }) {
  const { dispatch, pending } = useContext(RowContext);
  return (
    <FormContext value={{ state: IDLE, pending, outdated: false }}>
      <form action={dispatch} onSubmit={(event) => pending && event.preventDefault()} noValidate className="confirm">
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {children}
      </form>
    </FormContext>
  );
}

type RowValue = { dispatch: (form: FormData) => void; pending: boolean };

const RowContext = createContext<RowValue>({ dispatch: () => {}, pending: false });
