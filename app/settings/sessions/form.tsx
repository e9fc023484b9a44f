import { ConfirmRow } from '@/components/forms/confirm-row';
import { ConfirmWhile } from '@/components/forms/confirm-while';
import { getTranslations } from '@/lib/request/translations';
import { endOthers } from './actions';

type Device = { id: string; browser: string; address: string };

export async function EndOne({ userId, device }: { userId: string; device: Device }) {
  const t = await getTranslations('sessions');
  return (
    <ConfirmRow
      hidden={{ as: userId, session: device.id }}
      trigger={t('end')}
      question={t('endQuestion', { browser: device.browser, address: device.address })}
      explain={t('endWhat')}
      confirm={t('endConfirm')}
      pending={t('ending')}
    />
  );
}

export async function EndOthers({ userId, offered }: { userId: string; offered: boolean }) {
  const t = await getTranslations('sessions');
  return (
    <ConfirmWhile
      offered={offered}
      action={endOthers}
      hidden={{ as: userId }}
      trigger={t('endOthers')}
      question={t('endOthersQuestion')}
      explain={t('endOthersWhat')}
      confirm={t('endOthers')}
      pending={t('ending')}
    />
  );
}
