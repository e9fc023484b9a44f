import { notFound } from 'next/navigation';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { type Connection, findConnection } from '@/lib/sso/connections/connections';
import { lacksDomains } from '@/lib/sso/connections/email-domains';
import { EmailAdvice } from '../email-advice';
import { OurAddresses } from '../our-addresses';
import { StateBadge } from '../state-badge';
import { Step } from '../step';
import { ConnectionDetails } from './details';
import { RecentFailures } from './recent-failures';
import { Refetch } from './refetch';
import { Stages } from './stages';
import { SwitchForms } from './switch-forms';
import { TestLink } from './test-link';

type Query = { done?: string | string[]; at?: string | string[] };

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('connection') };
}

export default async function ConnectionPage(props: { params: Promise<{ id: string }>; searchParams: Promise<Query> }) {
  const visit = await requireUser('single-sign-on');
  const connection = await findConnection(visit.tenant, (await props.params).id);
  if (!connection) notFound();
  const saved = savedNow(connection, await props.searchParams);
  const t = await getTranslations('singleSignOn');
  return (
    <Step
      visit={visit}
      title={connection.label}
      lead={
        <span className="row">
          {t(connection.protocol)}
          <StateBadge connection={connection} />
        </span>
      }
      back={{ href: '/admin/single-sign-on', label: t('title') }}
      actions={connection.state === 'draft' ? null : <TestLink connection={connection} />}
    >
      {saved ? <Alert tone="success">{t(saved)}</Alert> : null}
      {lacksDomains(connection) ? (
        <Alert
          tone="warning"
          title={t('domainsMissing')}
          action={
            <LinkButton href={`/admin/single-sign-on/${connection.id}/edit`} small>
              {t('setDomains')}
            </LinkButton>
          }
        >
          <p>{t('domainsMissingWhat')}</p>
        </Alert>
      ) : null}
      <Stages connection={connection} visit={visit} />
      <OurAddresses tenant={visit.tenant} protocol={connection.protocol} id={connection.id} saved />
      {connection.protocol === 'oidc' && connection.state === 'draft' ? <EmailAdvice connection={connection} /> : null}
      <Card
        title={t('theirs')}
        actions={
          <LinkButton href={`/admin/single-sign-on/${connection.id}/edit`} small>
            {t('edit')}
          </LinkButton>
        }
      >
        <div className="stack">
          <ConnectionDetails connection={connection} visit={visit} />
          <Refetch connection={connection} visit={visit} />
        </div>
      </Card>
      <RecentFailures connection={connection} visit={visit} />
      <SwitchForms connection={connection} visit={visit} />
    </Step>
  );
}

/**
 * Returns what was just saved, while nothing has happened to the connection since: no test, and no
 * other change.
 */
function savedNow({ state, createdAt, updatedAt }: Connection, { done, at }: Query) {
  const isNew = state === 'draft' && updatedAt.getTime() === createdAt.getTime();
  if (done === 'connected' && isNew) return 'connected';
  return done === 'changed' && at === String(updatedAt.getTime()) ? 'changed' : undefined;
}
