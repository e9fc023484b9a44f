'use client';

import { Icon } from '@/components/ui/icon';
import { FieldFrame, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Props = FieldWords & { options: { value: string; label: string }[]; defaultValue?: string; required?: boolean };

export function SelectField({ name, label, hint, optional, options, defaultValue, required }: Props) {
  const wiring = useField(name, hint, options);
  const typed = useFormState().state.values?.[name];
  return (
    <FieldFrame name={name} label={label} hint={hint} optional={optional} wiring={wiring}>
      <div className="select">
        <select
          {...wiring.aria}
          id={wiring.id}
          name={name}
          required={required}
          defaultValue={typed ?? defaultValue}
          className="input input-select"
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </FieldFrame>
  );
}
