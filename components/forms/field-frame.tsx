'use client';

import { type ReactNode, useId } from 'react';
import { useFormState } from './form-context';

export type FieldWords = { name: string; label: string; hint?: ReactNode; optional?: string };

type FieldOption = { value: string; label: string };

type FieldWiring = {
  id: string;
  error: string | undefined;
  /** Given to the input, so that its error and hint are read with it. */
  aria: { 'aria-invalid': true | undefined; 'aria-describedby': string | undefined };
};

export function useField(name: string, hint: ReactNode, options?: FieldOption[]): FieldWiring {
  const id = useId();
  const { fields, saved } = useFormState().state;
  const error = withLabel(fields?.[name], saved?.[name], options);
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

function withLabel(error: string | undefined, saved: string | undefined, options: FieldOption[] | undefined) {
  const option = saved && error?.endsWith(saved) ? options?.find(({ value }) => value === saved) : undefined;
  return option && error && saved ? error.slice(0, -saved.length) + option.label : error;
}
