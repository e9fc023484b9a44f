import { Frame } from '@/app/_parts/portal-frame';
import { showMoment } from '@/lib/language/show';
import { anyone, requireHome } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { destinationsOf } from './destinations';
import { CURE, faultsOf } from './faults';
import { HomeScreen } from './screen';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('home');
  return { title: t('title') };
}

export default async function HomePage() {
  const { seen, ...visit } = await requireHome();
  const { policy, user, locale, timeZone } = visit;
  const t = await getTranslations('home');
  const from = policy.secondFactorFrom;
  const day = from ? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(new Date(from)) : '';
  const faults = faultsOf(seen, policy, user).map((fault) => ({
    title: t(fault, { count: seen.codesLeft, day }),
    why: t(`${fault}Why`),
    cure: t(`${fault}Mend`),
    href: CURE[fault],
  }));
  const places = destinationsOf(visit).map(({ name, href }) => ({ title: t(name), what: t(`${name}What`), href }));
  const when = seen.at ? showMoment(new Date(seen.at), locale, timeZone) : null;
  return (
    <Frame visit={visit} tab="home">
      <HomeScreen
        greeting={t('greeting', { firstName: user.firstName })}
        lead={when ? t('lastSignIn', { when, address: seen.address ?? '–' }) : t('firstSignIn')}
        notYou={when ? t('notYou') : null}
        problems={{ label: t('problems'), faults }}
        open={{ label: t('open'), places }}
      />
    </Frame>
  );
}
