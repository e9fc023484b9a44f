import type { OperatorVisit } from '@/app/operator/frame';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { Alert } from '@/components/ui/alert';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { orderTenantDeletion, takeDeletionBack } from './actions';
import type { Managed } from './overview';

export async function DeletionSteps({ tenant, visit }: { tenant: Managed; visit: OperatorVisit }) {
  const t = await getTranslations('tenant');
  const { operator, locale, timeZone } = visit;
  const hidden = { as: operator.id, tenant: tenant.id };
  const { name, accountId, deleteAfter } = tenant;
  return (
    <>
      <h3>{t('delete')}</h3>
      <p className="muted">{t('deleteSteps')}</p>
      {deleteAfter ? (
        <Alert tone="danger">
          {deleteAfter > new Date()
            ? t('deleteWaits', { when: showMoment(deleteAfter, locale, timeZone) })
            : t('deleteDue')}
        </Alert>
      ) : null}
      <ConfirmWhile
        key="cancel"
        offered={deleteAfter !== null}
        action={takeDeletionBack}
        hidden={hidden}
        trigger={t('deleteCancel')}
        question={t('deleteCancelQuestion', { name })}
        explain={t('deleteCancelWhat')}
        confirm={t('deleteCancel')}
        pending={t('deleteCancelling')}
        tone="quiet"
      />
      <ConfirmWhile
        key="order"
        offered={deleteAfter === null}
        action={orderTenantDeletion}
        hidden={hidden}
        trigger={t('deleteOrder')}
        question={t('deleteQuestion', { name })}
        explain={t('deleteWhat')}
        confirm={t('deleteOrder')}
        pending={t('deleteOrdering')}
      >
        <Field
          name="accountId"
          label={t('deleteAccountId', { accountId })}
          autoComplete="off"
          maxLength={63}
          required
        />
        <PasswordField name="password" label={t('yourPassword')} autoComplete="current-password" required />
      </ConfirmWhile>
    </>
  );
}
