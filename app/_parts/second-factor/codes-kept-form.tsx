import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';

type Props = { action: FormAction; as: string; returnTo: string | string[] | undefined };

export async function CodesKeptForm({ action, as, returnTo }: Props) {
  const t = await getTranslations('recoveryCodes');
  const hidden = { as, return_to: typeof returnTo === 'string' ? returnTo : '' };
  return (
    <ActionForm action={action} hidden={hidden} className="form no-print">
      <SubmitButton pending={t('continuing')} full>
        {t('kept')}
      </SubmitButton>
    </ActionForm>
  );
}
