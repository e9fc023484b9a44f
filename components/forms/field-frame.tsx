'use client';

import { type ReactNode, useId } from 'react';
import { useFormState } from './form-context';

export type FieldWords = { name: string; label: string; hint?: ReactNode; optional?: string };

type FieldWiring = {
  id: string;
  error: string | undefined;
  /** Given to the input, so that its error and hint are read with it. */
  aria: { 'aria-invalid': true | undefined; 'aria-describedby': string | undefined };
};

export function useField(name: string, hint: ReactNode): FieldWiring {
  const id = useId();
  const error = useFormState().state.fields?.[name];
  const described = [error && `${id}e`, hint && `${id}h`].filter(Boolean).join(' ');
  return { id, error, aria: { 'aria-invalid': error ? true : undefined, 'aria-describedby': described || undefined } };
}

export function FieldFrame(props: FieldWords & { wiring: FieldWiring; children: ReactNode }) {
  const { label, hint, optional, wiring, children } = props;
  return (
    <div className="field">
      <label htmlFor={wiring.id} className="field-label">
        {label}
        {optional ? <span className="field-optional">{optional}</span> : null}
      </label>
      {children}
      <FieldNotes hint={hint} wiring={wiring} />
    </div>
  );
}

export function FieldNotes({ hint, wiring }: { hint?: ReactNode; wiring: FieldWiring }) {
  return (
    <>
      {wiring.error ? (
        <p id={`${wiring.id}e`} className="field-error">
          {wiring.error}
        </p>
      ) : null}
      {hint ? (
        <div id={`${wiring.id}h`} className="field-hint">
          {hint}
        </div>
      ) : null}
    </>
  );
}
