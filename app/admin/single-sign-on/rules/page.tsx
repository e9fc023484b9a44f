import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { Section } from '../section';
import { EmergencyAccounts } from './emergency-accounts';
import { SecondFactorForm } from './form';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('rules') };
}

export default async function RulesPage() {
  const visit = await requireUser('single-sign-on');
  return (
    <Section visit={visit} section="rules">
      <SecondFactorForm visit={visit} />
      <EmergencyAccounts visit={visit} />
    </Section>
  );
}
