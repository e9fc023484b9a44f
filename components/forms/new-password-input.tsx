'use client';

import { useState } from 'react';
import { PasswordInput, type PasswordProps } from './password-input';
import { type MeterWords, StrengthMeter } from './strength-meter';

type Props = PasswordProps & { minLength: number; context: string[]; meter: MeterWords };

export function NewPasswordInput({ minLength, context, meter, ...field }: Props) {
  const [password, setPassword] = useState<string | null>(null);
  return (
    <div className="stack-tight">
      <PasswordInput
        {...field}
        autoComplete="new-password"
        onFocus={(event) => setPassword(event.currentTarget.value)}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      {password === null ? null : (
        <StrengthMeter password={password} minLength={minLength} context={context} words={meter} />
      )}
    </div>
  );
}
