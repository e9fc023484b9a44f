import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ConfirmForm } from '@/components/forms/confirm-form';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import { removePhone } from './actions';

export async function Remove({ visit }: { visit: PortalVisit }) {
  const t = await getTranslations('adminPhone');
  return (
    <Card title={t('removeTitle')}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p>{t('removeNow')}</p>
        <ConfirmForm
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
  );
}
