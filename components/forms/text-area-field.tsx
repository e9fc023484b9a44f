'use client';

import { FieldFrame, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Props = FieldWords & { rows?: number; placeholder?: string; defaultValue?: string; maxLength?: number };

/** For text that is pasted rather than written: as it came, without spelling marks. */
export function TextAreaField({ name, label, hint, optional, rows = 6, placeholder, defaultValue, maxLength }: Props) {
  const wiring = useField(name, hint);
  const typed = useFormState().state.values?.[name];
  return (
    <FieldFrame name={name} label={label} hint={hint} optional={optional} wiring={wiring}>
      <textarea
        {...wiring.aria}
        id={wiring.id}
        name={name}
        rows={rows}
        placeholder={placeholder}
        defaultValue={typed ?? defaultValue}
        maxLength={maxLength}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        className="input input-text"
      />
    </FieldFrame>
  );
}
