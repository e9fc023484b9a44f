import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ConfirmRow } from '@/components/forms/confirm-row';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { RowForms } from '@/components/forms/row-forms';
import { Badge } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { listRemembered } from '@/lib/sign-in/remembered';
import { forgetAll, forgetOne } from './actions';

type Device = Awaited<ReturnType<typeof listRemembered>>[number];

/** Lists the devices that skip the code. */
export async function Remembered({ visit, devices }: { visit: PortalVisit; devices: Device[] }) {
  const t = await getTranslations('sessions');
  const columns = (['browser', 'address', 'until'] as const).map((key) => ({ key, label: t(key) }));
  return (
    <section className="stack" aria-labelledby="remembered">
      <div>
        <h2 id="remembered">{t('remembered')}</h2>
        <p className="muted mt-1">{t('rememberedWhat')}</p>
      </div>
      <RowForms action={forgetOne}>
        {devices.length > 0 ? (
          <DataTable
            caption={t('remembered')}
            columns={[...columns, { key: 'action', label: '', end: true }]}
            rows={devices.map((device) => ({ id: device.id, cells: cellsOf(device, visit, t('thisDevice')) }))}
          />
        ) : (
          <p>{t('rememberedNone')}</p>
        )}
      </RowForms>
      <ConfirmWhile
        offered={devices.length > 0}
        action={forgetAll}
        hidden={{ as: visit.user.id }}
        trigger={t('forgetAll')}
        question={t('forgetAllQuestion')}
        explain={t('forgetWhat')}
        confirm={t('forgetAll')}
        pending={t('forgetting')}
      />
    </section>
  );
}

function cellsOf(device: Device, { user, locale, timeZone }: PortalVisit, thisDevice: string) {
  return {
    browser: (
      <span className="row">
        {device.browser}
        {device.own ? <Badge tone="info">{thisDevice}</Badge> : null}
      </span>
    ),
    address: device.address,
    until: showMoment(device.until, locale, timeZone),
    action: <ForgetOne userId={user.id} device={device} />,
  };
}

async function ForgetOne({ userId, device }: { userId: string; device: Device }) {
  const t = await getTranslations('sessions');
  return (
    <ConfirmRow
      hidden={{ as: userId, device: device.id }}
      trigger={t('forget')}
      question={t('forgetQuestion', { browser: device.browser, address: device.address })}
      explain={t('forgetWhat')}
      confirm={t('forgetConfirm')}
      pending={t('forgetting')}
    />
  );
}
