'use client';

import { buttonClass } from '@/components/ui/tone';
import { FieldFrame, useField } from './field-frame';
import { useFormState } from './form-context';
import { PasswordInput } from './password-input';

const PROVIDERS = '/confirm-identity';

/* Stands inside the form that was refused, so that what was typed is sent again with the proof. */
export function ProofField() {
  const { proof } = useFormState().state;
  if (!proof) return null;
  const { kind, label, ...words } = proof;
  if (kind === 'password')
    return <PasswordInput name="proof" label={label} autoComplete="current-password" words={words} required />;
  if (kind === 'code') return <CodeInput label={label} />;
  return (
    <p>
      <a className={buttonClass({ tone: 'quiet' })} href={PROVIDERS} target="_blank" rel="noreferrer">
        {label}
      </a>
    </p>
  );
}

function CodeInput({ label }: { label: string }) {
  const wiring = useField('proof', undefined);
  return (
    <FieldFrame name="proof" label={label} wiring={wiring}>
      <input
        {...wiring.aria}
        id={wiring.id}
        name="proof"
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={32}
        data-secret
        className="input input-code"
      />
    </FieldFrame>
  );
}
