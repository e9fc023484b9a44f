'use client';

import type { ComponentProps } from 'react';
import { FieldFrame, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Native = 'autoComplete' | 'required' | 'readOnly' | 'maxLength' | 'inputMode' | 'autoFocus' | 'placeholder';
type Props = FieldWords &
  Pick<ComponentProps<'input'>, Native> & {
    type?: 'text' | 'email' | 'search' | 'url' | 'date';
    defaultValue?: string;
  };

const VERBATIM = new Set(['email', 'username', 'off', 'organization']);

export function Field({ name, label, hint, optional, type = 'text', defaultValue, ...native }: Props) {
  const wiring = useField(name, hint);
  const typed = useFormState().state.values?.[name];
  const verbatim = type !== 'text' || VERBATIM.has(native.autoComplete ?? '');
  return (
    <FieldFrame name={name} label={label} hint={hint} optional={optional} wiring={wiring}>
      <input
        {...native}
        {...wiring.aria}
        {...(verbatim ? { autoCapitalize: 'none', autoCorrect: 'off', spellCheck: false } : {})}
        id={wiring.id}
        name={name}
        type={type}
        defaultValue={typed ?? defaultValue}
        className="input"
      />
    </FieldFrame>
  );
}
