import { OwnPassword } from '@/app/_parts/second-factor/new-codes-form';
import { ActionForm } from '@/components/forms/action-form';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { SubmitButton } from '@/components/forms/submit-button';
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
