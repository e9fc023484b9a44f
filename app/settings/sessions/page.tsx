import { getTranslations } from 'next-intl/server';
import { SettingsFrame } from '@/app/settings/frame';
import { requireUser } from '@/lib/request/current';
import { listSessions } from '@/lib/sessions';
import { showDuration } from '@/lib/show-duration';
import { Devices } from './devices';
import { EndOthers } from './form';

export async function generateMetadata() {
  const t = await getTranslations('sessions');
  return { title: t('title') };
}

export default async function SessionsPage() {
  const visit = await requireUser();
  const { tenant, user, policy, locale } = visit;
  const [t, sessions] = await Promise.all([getTranslations('sessions'), listSessions(tenant, user.id)]);
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
    </SettingsFrame>
  );
}
