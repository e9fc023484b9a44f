'use client';

import type { ReactNode } from 'react';
import { FieldNotes, useField } from './field-frame';
import { useFormState } from './form-context';

type Option = { value: string; label: string; hint?: ReactNode };
type Props = { name: string; legend: string; options: Option[]; defaultValue?: string; hint?: ReactNode };

export function RadioGroup({ name, legend, options, defaultValue, hint }: Props) {
  const wiring = useField(name, hint, options);
  const chosen = useFormState().state.values?.[name] ?? defaultValue;
  return (
    <fieldset className="field" aria-describedby={wiring.aria['aria-describedby']}>
      <legend className="field-label mb-1">{legend}</legend>
      {options.map((option) => {
        const id = `${wiring.id}${option.value}`;
        return (
          <div key={option.value} className="choice">
            <input
              id={id}
              type="radio"
              name={name}
              value={option.value}
              defaultChecked={option.value === chosen}
              aria-invalid={wiring.aria['aria-invalid']}
              aria-describedby={option.hint ? `${id}h` : undefined}
            />
            <label htmlFor={id}>{option.label}</label>
            {option.hint ? (
              <div id={`${id}h`} className="field-hint">
                {option.hint}
              </div>
            ) : null}
          </div>
        );
      })}
      <FieldNotes hint={hint} wiring={wiring} />
    </fieldset>
  );
}
