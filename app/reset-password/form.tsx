import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { sendTemporaryPassword } from './actions';

export async function TemporaryPasswordForm() {
  const t = await getTranslations('reset');
  return (
    <ActionForm action={sendTemporaryPassword}>
      <SubmitButton pending={t('temporarySubmitting')} full>
        {t('temporarySubmit')}
      </SubmitButton>
    </ActionForm>
  );
}
