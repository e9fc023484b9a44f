import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { keepCodes } from './actions';

export async function KeptForm({ userId, returnTo }: { userId: string; returnTo: string | string[] | undefined }) {
  const t = await getTranslations('recoveryCodes');
  const hidden = { as: userId, return_to: typeof returnTo === 'string' ? returnTo : '' };
  return (
    <ActionForm action={keepCodes} hidden={hidden} className="form no-print">
      <SubmitButton pending={t('continuing')} full>
        {t('kept')}
      </SubmitButton>
    </ActionForm>
  );
}
