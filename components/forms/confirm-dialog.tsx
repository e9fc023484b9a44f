'use client';

import { type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { buttonClass } from '@/components/ui/tone';
import { useHydrated } from '@/components/ui/use-hydrated';
import { useFormState } from './form-context';
import { FormMessage } from './form-message';
import { SubmitButton } from './submit-button';

type Props = {
  trigger: string;
  question: string;
  explain?: ReactNode;
  confirm: string;
  pending: string;
  cancel: string;
  tone?: 'danger' | 'quiet';
  small?: boolean;
  done?: ReactNode;
  children?: ReactNode;
};

/*
 * With scripting off the <details> opens a plain block; with it on, the same block becomes a modal
 * dialog.
 */
export function ConfirmDialog(props: Props) {
  const { trigger, question, explain, confirm, pending, cancel, tone = 'danger', small, done, children } = props;
  const { state } = useFormState();
  const hydrated = useHydrated();
  const details = useRef<HTMLDetailsElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const finished = state.status === 'done';

  /* It stays open if it was opened, or refused, before hydration. */
  useEffect(() => {
    if (hydrated && details.current?.open) showModal(dialog.current);
  }, [hydrated]);

  useEffect(() => {
    if (state.status === 'done') dialog.current?.close();
  }, [state]);

  function ask(event: MouseEvent) {
    event.preventDefault();
    if (!details.current) return;
    details.current.open = true;
    showModal(dialog.current);
    /* Chromium finds nothing to focus in a <details> that has opened this very moment. */
    dialog.current?.querySelector<HTMLElement>('input:not([type=hidden]), button')?.focus();
  }

  function shut() {
    if (details.current) details.current.open = false;
  }

  return (
    <>
      <details ref={details} open={state.status === 'failed'}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is interactive; keyboard and pointer both click it */}
        <summary className={buttonClass({ tone: tone === 'danger' ? 'danger-quiet' : 'quiet', small })} onClick={ask}>
          {trigger}
        </summary>
        <dialog ref={dialog} open={!hydrated} aria-labelledby={title} className="dialog" onClose={shut}>
          <div className="stack">
            <p id={title} className="dialog-title">
              {question}
            </p>
            {explain ? <div className="muted">{explain}</div> : null}
            {finished ? null : <FormMessage />}
            {children}
            <div className="dialog-actions">
              <button type="button" className={`${buttonClass({})} only-js`} onClick={() => dialog.current?.close()}>
                {cancel}
              </button>
              <SubmitButton pending={pending} tone={tone === 'danger' ? 'danger' : 'primary'}>
                {confirm}
              </SubmitButton>
            </div>
          </div>
        </dialog>
      </details>
      {finished ? <FormMessage lasting={Boolean(done)} /> : null}
      {finished ? done : null}
    </>
  );
}

/*
 * A click that was waiting for the script finds the dialog still standing open as a plain block.
 * And where the script shows it modal before it has taken the plain block's attribute away, it is
 * modal and yet not shown.
 */
function showModal(dialog: HTMLDialogElement | null) {
  if (!dialog || (dialog.open && dialog.matches(':modal'))) return;
  dialog.removeAttribute('open');
  dialog.showModal();
}
