import { getTranslations } from 'next-intl/server';
import { Frame } from '@/app/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { overview } from '@/lib/home';
import { showMoment } from '@/lib/i18n';
import { anyone, requireUser } from '@/lib/request/current';
import { Destinations } from './destinations';
import { Mend } from './mend';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('home');
  return { title: t('title') };
}

export default async function HomePage() {
  const visit = await requireUser();
  const [t, seen] = await Promise.all([getTranslations('home'), overview(visit.tenant, visit.user.id)]);
  const previous = seen.previousSignIn;
  return (
    <Frame visit={visit} tab="home">
      <PageTitle
        lead={
          previous ? (
            <>
              {t('lastSignIn', {
                when: showMoment(previous.at, visit.locale, visit.timeZone),
                address: previous.address ?? '–',
              })}{' '}
              <a className="link" href="/settings/sessions">
                {t('notYou')}
              </a>
            </>
          ) : (
            t('firstSignIn')
          )
        }
      >
        {t('greeting', { firstName: visit.user.firstName })}
      </PageTitle>
      <div className="stack">
        <Mend seen={seen} policy={visit.policy} user={visit.user} locale={visit.locale} timeZone={visit.timeZone} />
        <Destinations tenant={visit.tenant} user={visit.user} />
      </div>
    </Frame>
  );
}
