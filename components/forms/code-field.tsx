'use client';

import { useEffect, useRef } from 'react';
import { FieldFrame, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Props = FieldWords & { length?: number; autoFocus?: boolean; autoSubmit?: boolean };

export function CodeField({ name, label, hint, length = 6, autoFocus, autoSubmit = true }: Props) {
  const wiring = useField(name, hint);
  const { state } = useFormState();
  const sent = useRef('');
  const field = useRef<HTMLInputElement>(null);

  /* Once answered the field is empty, and whatever is typed or pasted next is a new try. */
  useEffect(() => {
    if (state) sent.current = '';
  }, [state]);

  /* A user may fill the field before hydration; a value that the browser restored was not typed. */
  useEffect(() => {
    const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (field.current && visit?.type === 'navigate') tidy(field.current);
  }, []);

  function tidy(input: HTMLInputElement) {
    const digits = input.value.replace(/\D/g, '').slice(0, length);
    if (digits !== input.value) input.value = digits;
    if (digits.length < length) sent.current = '';
    else if (autoSubmit && sent.current !== digits) {
      sent.current = digits;
      input.form?.requestSubmit();
    }
  }

  return (
    <FieldFrame name={name} label={label} hint={hint} wiring={wiring}>
      <input
        {...wiring.aria}
        id={wiring.id}
        name={name}
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        data-secret
        required
        // biome-ignore lint/a11y/noAutofocus: the code is all that its page asks for
        autoFocus={autoFocus}
        onInput={(event) => tidy(event.currentTarget)}
        ref={field}
        className="input input-code"
      />
    </FieldFrame>
  );
}
