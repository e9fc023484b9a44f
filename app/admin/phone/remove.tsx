import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import { removePhone } from './actions';

export async function RemovePhone({ visit, offered }: { visit: PortalVisit; offered: boolean }) {
  const t = await getTranslations('adminPhone');
  return (
    <div className={offered ? undefined : 'not-has-[[data-form-message]]:hidden'}>
      <Card title={t('removeTitle')}>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          {offered ? <p>{t('removeNow')}</p> : null}
          <ConfirmWhile
            offered={offered}
            action={removePhone}
            hidden={{ as: visit.user.id }}
            trigger={t('remove')}
            question={t('removeFor', { tenant: visit.tenant.name })}
            explain={t('removeWhat')}
            confirm={t('remove')}
            pending={t('removing')}
            small
          />
        </div>
      </Card>
    </div>
  );
}
