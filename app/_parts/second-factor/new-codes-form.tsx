import { ConfirmForm } from '@/components/forms/confirm-form';
import { PasswordField } from '@/components/forms/password-field';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';

export async function NewCodesForm({ action, as }: { action: FormAction; as: string }) {
  const t = await getTranslations('twoFactor');
  return (
    <ConfirmForm
      action={action}
      hidden={{ as }}
      trigger={t('newCodes')}
      question={t('newCodesQuestion')}
      explain={t('newCodesWhat')}
      confirm={t('makeCodes')}
      pending={t('making')}
      tone="quiet"
    >
      <OwnPassword />
    </ConfirmForm>
  );
}

export async function OwnPassword() {
  const t = await getTranslations('twoFactor');
  return (
    <PasswordField
      name="password"
      label={t('password')}
      hint={t('passwordHint')}
      autoComplete="current-password"
      required
    />
  );
}
