import { SettingsFrame } from '@/app/settings/frame';
import { showDuration } from '@/lib/language/durations';
import { readCookie } from '@/lib/request/cookies';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { listSessions } from '@/lib/sessions/list';
import { listRemembered } from '@/lib/sign-in/remembered';
import { Devices } from './devices';
import { EndOthers } from './form';
import { Remembered } from './remembered';

export async function generateMetadata() {
  const t = await getTranslations('sessions');
  return { title: t('title') };
}

export default async function SessionsPage() {
  const visit = await requireUser();
  const { tenant, user, policy, locale } = visit;
  const [t, sessions, remembered] = await Promise.all([
    getTranslations('sessions'),
    listSessions(tenant, user.id),
    readCookie('device').then((device) => listRemembered(tenant, user.id, device)),
  ]);
  const idle = showDuration(policy.idleMinutes, locale);
  const absolute = showDuration(policy.absoluteMinutes, locale);
  return (
    <SettingsFrame visit={visit} section="sessions" wide>
      <p role="status">{t('count', { count: sessions.length })}</p>
      <Devices visit={visit} sessions={sessions} />
      <EndOthers userId={user.id} offered={sessions.length > 1} />
      {sessions.length > 1 ? (
        <p className="muted">
          {t('strange')}{' '}
          <a className="link" href="/settings/password">
            {t('changePassword')}
          </a>
        </p>
      ) : null}
      <p className="muted">{t('limits', { idle, absolute })}</p>
      {policy.rememberDevices ? <Remembered visit={visit} devices={remembered} /> : null}
    </SettingsFrame>
  );
}
