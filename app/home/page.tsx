import { getTranslations } from 'next-intl/server';
import { Frame } from '@/app/portal-frame';
import { PageTitle } from '@/components/ui/page-title';
import { showMoment } from '@/lib/i18n';
import { anyone, requireHome } from '@/lib/request/current';
import { Destinations } from './destinations';
import { Mend } from './mend';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('home');
  return { title: t('title') };
}

export default async function HomePage() {
  const { seen, ...visit } = await requireHome();
  const t = await getTranslations('home');
  return (
    <Frame visit={visit} tab="home">
      <PageTitle
        lead={
          seen.at ? (
            <>
              {t('lastSignIn', {
                when: showMoment(new Date(seen.at), visit.locale, visit.timeZone),
                address: seen.address ?? '–',
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
        <Destinations tenant={visit.tenant} user={visit.user} phone={visit.phone} />
      </div>
    </Frame>
  );
}
