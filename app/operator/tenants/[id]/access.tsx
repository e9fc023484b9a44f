import type { OperatorVisit } from '@/app/operator/frame';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { Button } from '@/components/ui/button';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { resume, suspend } from './actions';
import { DeletionSteps } from './deletion';
import type { Managed } from './overview';

type Props = { tenant: Managed; visit: OperatorVisit };

export async function AccessCard({ tenant, visit }: Props) {
  const t = await getTranslations('tenant');
  const { operator, locale, timeZone } = visit;
  const hidden = { as: operator.id, tenant: tenant.id };
  const when = (moment: Date | null) => (moment ? showMoment(moment, locale, timeZone) : '');
  const { name } = tenant;
  return (
    <div className="stack">
      <p>{tenant.status === 'active' ? t('isActive') : t('isSuspended', { when: when(tenant.suspendedAt) })}</p>
      <ConfirmWhile
        key="suspend"
        offered={tenant.status === 'active'}
        action={suspend}
        hidden={hidden}
        trigger={t('suspend')}
        question={t('suspendQuestion', { name })}
        explain={t('suspendWhat')}
        confirm={t('suspend')}
        pending={t('suspending')}
      />
      <ConfirmWhile
        key="resume"
        offered={tenant.status === 'suspended' && !tenant.deleteAfter}
        action={resume}
        hidden={hidden}
        trigger={t('resume')}
        question={t('resumeQuestion', { name })}
        explain={t('resumeWhat')}
        confirm={t('resume')}
        pending={t('resuming')}
        tone="quiet"
      />
      <hr className="divider" />
      <h3>{t('export')}</h3>
      <p className="muted">{t('exportHint')}</p>
      {/* A plain form: what comes back is a file, as long as the tenant is large. */}
      <form method="post" action={`/operator/tenants/${tenant.id}/export`}>
        <input type="hidden" name="as" value={operator.id} />
        <Button type="submit">{t('exportDownload')}</Button>
      </form>
      {tenant.exportedAt ? <p>{t('exportedAt', { when: when(tenant.exportedAt) })}</p> : null}
      <hr className="divider" />
      <DeletionSteps tenant={tenant} visit={visit} />
    </div>
  );
}
