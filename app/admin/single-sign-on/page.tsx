import { getTranslations } from 'next-intl/server';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { requireUser } from '@/lib/request/current';
import { Section } from './section';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('title') };
}

export default async function ConnectionsPage() {
  const visit = await requireUser('single-sign-on');
  const t = await getTranslations('singleSignOn');
  return (
    <Section visit={visit} section="connections" wide>
      <EmptyState
        title={t('none')}
        action={
          <LinkButton href="/admin/single-sign-on/new" tone="primary">
            {t('new')}
          </LinkButton>
        }
      >
        <p>{t('noneWhat')}</p>
      </EmptyState>
    </Section>
  );
}
