import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import type { FieldWords } from './field-frame';
import { PasswordInput } from './password-input';

type Props = FieldWords & {
  autoComplete: 'current-password' | 'new-password' | 'off';
  required?: boolean;
  autoFocus?: boolean;
  kept?: boolean;
  below?: ReactNode;
};

export async function PasswordField({ below, ...field }: Props) {
  const t = await getTranslations('forms');
  return (
    <div className="stack-tight">
      <PasswordInput {...field} words={{ show: t('showPassword'), hide: t('hidePassword') }} />
      {below}
    </div>
  );
}
