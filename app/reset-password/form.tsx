import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { getTranslations } from '@/lib/request/translations';
import { sendTemporaryPassword } from './actions';

export async function TemporaryPasswordForm({ as }: { as: string }) {
  const t = await getTranslations('reset');
  return (
    <ActionForm action={sendTemporaryPassword} hidden={{ as }}>
      <SubmitButton pending={t('temporarySubmitting')} full>
        {t('temporarySubmit')}
      </SubmitButton>
    </ActionForm>
  );
}
