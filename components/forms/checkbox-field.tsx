'use client';

import { FieldNotes, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Props = Omit<FieldWords, 'optional'> & { defaultChecked?: boolean };

/* A box that is not ticked is not sent: once anything has been, a missing value means no. */
export function CheckboxField({ name, label, hint, defaultChecked }: Props) {
  const wiring = useField(name, hint);
  const typed = useFormState().state.values;
  return (
    <div className="choice">
      <input
        {...wiring.aria}
        id={wiring.id}
        type="checkbox"
        name={name}
        value="on"
        defaultChecked={typed ? typed[name] === 'on' : defaultChecked}
      />
      <label htmlFor={wiring.id}>{label}</label>
      <FieldNotes hint={hint} wiring={wiring} />
    </div>
  );
}
