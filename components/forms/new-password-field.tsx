import { getTranslations } from 'next-intl/server';
import type { FieldWords } from './field-frame';
import { NewPasswordInput } from './new-password-input';

type Props = FieldWords & { minLength: number; context?: string[]; required?: boolean; autoFocus?: boolean };

export async function NewPasswordField({ minLength, context = [], ...field }: Props) {
  const t = await getTranslations('forms');
  return (
    <NewPasswordInput
      {...field}
      context={context}
      minLength={minLength}
      words={{ show: t('showPassword'), hide: t('hidePassword') }}
      meter={{
        short: t('strengthShort', { count: minLength }),
        scores: [t('strength0'), t('strength1'), t('strength2'), t('strength3'), t('strength4')],
      }}
    />
  );
}
