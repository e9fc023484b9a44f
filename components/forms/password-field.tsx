import type { ReactNode } from 'react';
import type { FieldWords } from './field-frame';
import { PasswordInput } from './password-input';
import { passwordWords } from './password-words';

type Props = FieldWords & {
  autoComplete: 'current-password' | 'new-password' | 'off';
  required?: boolean;
  autoFocus?: boolean;
  kept?: boolean;
  below?: ReactNode;
};

export async function PasswordField({ below, ...field }: Props) {
  return (
    <div className="stack-tight">
      <PasswordInput {...field} words={await passwordWords()} />
      {below}
    </div>
  );
}
