import { ActionForm } from '@/components/forms/action-form';
import { ConfirmForm } from '@/components/forms/confirm-form';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';
import { begin, turnOff } from './actions';

export async function BeginForm({ userId }: { userId: string }) {
  const t = await getTranslations('twoFactor');
  return (
    <ActionForm action={begin} hidden={{ as: userId }}>
      <OwnPassword />
      <SubmitButton pending={t('beginning')}>{t('begin')}</SubmitButton>
    </ActionForm>
  );
}

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

export async function TurnOffForm({ userId, offered }: { userId: string; offered: boolean }) {
  const t = await getTranslations('twoFactor');
  return (
    <ConfirmWhile
      offered={offered}
      action={turnOff}
      hidden={{ as: userId }}
      trigger={t('off')}
      question={t('offQuestion')}
      explain={t('offWhat')}
      confirm={t('off')}
      pending={t('switchingOff')}
    >
      <OwnPassword />
    </ConfirmWhile>
  );
}

async function OwnPassword() {
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
