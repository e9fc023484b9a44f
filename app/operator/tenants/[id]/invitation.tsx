import type { OperatorVisit } from '@/app/operator/frame';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { getTranslations } from '@/lib/request/translations';
import { inviteFirstAgain } from './actions';
import type { Managed } from './overview';

/* The earlier address is not shown: it may have been mistyped. */
export async function InvitationForm({ tenant, visit: { operator } }: { tenant: Managed; visit: OperatorVisit }) {
  const t = await getTranslations('tenant');
  return (
    <ActionForm action={inviteFirstAgain} hidden={{ as: operator.id, tenant: tenant.id }}>
      <Field name="email" type="email" label={t('inviteEmail')} maxLength={254} autoComplete="off" required />
      <SubmitButton tone="quiet" pending={t('inviting')}>
        {t('invite')}
      </SubmitButton>
    </ActionForm>
  );
}
