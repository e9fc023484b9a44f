import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { showDay } from '../show-day';
import { discardKeys, prepareKeys, startKeys } from './actions';

type Props = { connection: Extract<Connection, { protocol: 'saml' }>; visit: PortalVisit };

/**
 * Our keys change in two steps, so that the provider knows the next certificate before it is used.
 */
export async function OurKeys({ connection, visit }: Props) {
  const t = await getTranslations('singleSignOn');
  const { label, settings } = connection;
  const hidden = { as: visit.user.id, connection: connection.id };
  const day = (notAfter: string) => showDay(new Date(notAfter), visit.locale);
  const next = settings.otherKeys?.use === 'next' ? settings.otherKeys.certificate : undefined;
  return (
    <>
      <p className="max-w-3xl">
        {next
          ? t('keysNext', { day: day(next.notAfter) })
          : t('keysNow', { day: day(settings.ourCertificate.notAfter) })}
      </p>
      {/* All three stay in place whatever the step, so that the result is still shown. */}
      <div className="flex flex-wrap gap-2">
        <ConfirmWhile
          offered={!next}
          action={prepareKeys}
          hidden={hidden}
          trigger={t('prepareKeys')}
          question={t('prepareKeysFor', { label })}
          explain={t('prepareKeysWhat')}
          confirm={t('prepareKeys')}
          pending={t('preparingKeys')}
          tone="quiet"
          small
        />
        <ConfirmWhile
          offered={next !== undefined}
          action={startKeys}
          hidden={hidden}
          trigger={t('startKeys')}
          question={t('startKeysFor', { label })}
          explain={t('startKeysWhat')}
          confirm={t('startKeys')}
          pending={t('changing')}
          tone="quiet"
          small
        />
        <ConfirmWhile
          offered={next !== undefined}
          action={discardKeys}
          hidden={hidden}
          trigger={t('discardKeys')}
          question={t('discardKeysFor', { label })}
          explain={t('discardKeysWhat')}
          confirm={t('discardKeys')}
          pending={t('changing')}
          small
        />
      </div>
    </>
  );
}
