import { notFound } from 'next/navigation';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { showMoment } from '@/lib/language/show';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findConnection } from '@/lib/sso/connections/connections';
import { findFailure } from '@/lib/sso/sign-in/failures';
import { Diagnosis } from '../../diagnosis';
import { Received } from '../../received';
import { Step } from '../../step';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('failure') };
}

export default async function FailurePage({ params }: { params: Promise<{ code: string }> }) {
  const visit = await requireUser('single-sign-on');
  const failure = await findFailure(visit.tenant, (await params).code);
  if (!failure) notFound();
  const { code, at, address, requestId } = failure;
  const connection = failure.connection && (await findConnection(visit.tenant, failure.connection.id));
  const t = await getTranslations('singleSignOn');
  return (
    <Step
      visit={visit}
      title={code}
      lead={t('failureLead', { when: showMoment(at, visit.locale, visit.timeZone) })}
      back={{ href: '/admin/single-sign-on/failures', label: t('failures') }}
    >
      <Diagnosis
        reason={failure.reason}
        connection={connection ?? undefined}
        tenant={visit.tenant}
        received={failure.received}
      />
      <Received received={failure.received} visit={visit} />
      <Card title={t('where')}>
        <DefinitionList
          items={[
            {
              term: t('connection'),
              value: connection ? (
                <a className="link" href={`/admin/single-sign-on/${connection.id}`}>
                  {connection.label}
                </a>
              ) : (
                t('noConnection')
              ),
            },
            { term: t('address'), value: address },
            { term: t('requestId'), value: <code className="font-mono text-sm break-all">{requestId}</code> },
          ]}
        />
      </Card>
    </Step>
  );
}
