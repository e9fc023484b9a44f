import { SettingsFrame } from '@/app/settings/frame';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { twoFactorState } from '@/lib/second-factor/settings';
import { Enrolment } from './enrollment';
import { Switch } from './switch';
import { Unused } from './unused';

export async function generateMetadata() {
  const t = await getTranslations('twoFactor');
  return { title: t('title') };
}

export default async function TwoFactorPage() {
  const visit = await requireUser();
  const state = await twoFactorState(visit.tenant, { userId: visit.user.id, sessionId: visit.session.id });
  return (
    <SettingsFrame visit={visit} section="twoFactor">
      {visit.policy.secondFactor === 'off' ? (
        <Unused />
      ) : state.enrolment && !state.on ? (
        <Enrolment visit={visit} secret={state.enrolment.secret} />
      ) : (
        <Switch visit={visit} state={state} />
      )}
    </SettingsFrame>
  );
}
