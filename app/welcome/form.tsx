import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { getTranslations } from '@/lib/request/translations';
import { typeSlip } from './actions';

export async function SlipForm() {
  const t = await getTranslations('welcome');
  return (
    <ActionForm action={typeSlip}>
      <Field name="slip" label={t('code')} hint={t('codeHint')} autoComplete="off" maxLength={60} required autoFocus />
      <SubmitButton pending={t('opening')} full>
        {t('open')}
      </SubmitButton>
    </ActionForm>
  );
}
