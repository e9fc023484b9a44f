'use client';

import { FieldNotes, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Props = Omit<FieldWords, 'optional'> & { defaultChecked?: boolean; value?: string };

export function CheckboxField({ name, label, hint, defaultChecked, value = 'on' }: Props) {
  const wiring = useField(name, hint);
  const { values } = useFormState().state;
  return (
    <div className="choice">
      <input
        {...wiring.aria}
        id={wiring.id}
        type="checkbox"
        name={name}
        value={value}
        defaultChecked={values ? values[name] === value : defaultChecked}
      />
      <label htmlFor={wiring.id}>{label}</label>
      <FieldNotes hint={hint} wiring={wiring} />
    </div>
  );
}
