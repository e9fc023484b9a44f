import { Alert } from '@/components/ui/alert';
import { EmptyState } from '@/components/ui/empty-state';
import { LinkButton } from '@/components/ui/link-button';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { listConnections } from '@/lib/sso/connections/connections';
import { lacksDomains } from '@/lib/sso/connections/email-domains';
import { ConnectionTable } from './connection-table';
import { Section } from './section';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('title') };
}

type Query = { done?: string | string[] };

export default async function ConnectionsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('single-sign-on');
  const [t, connections] = await Promise.all([getTranslations('singleSignOn'), listConnections(visit.tenant)]);
  const { done } = await searchParams;
  const lacking = connections.filter(lacksDomains).map(({ label }) => label);
  const connect = (
    <LinkButton href="/admin/single-sign-on/new" tone="primary">
      {t('new')}
    </LinkButton>
  );
  return (
    <Section visit={visit} section="connections" actions={connections.length > 0 ? connect : null} wide>
      {done === 'removed' ? <Alert tone="success">{t('removed')}</Alert> : null}
      {lacking.length > 0 ? (
        <Alert tone="warning" title={t('domainsMissing')}>
          <p>{t('domainsMissingIn', { labels: lacking.join(', ') })}</p>
        </Alert>
      ) : null}
      {connections.length > 0 ? (
        <ConnectionTable connections={connections} visit={visit} />
      ) : (
        <EmptyState title={t('none')} action={connect}>
          <p>{t('noneWhat')}</p>
        </EmptyState>
      )}
    </Section>
  );
}
