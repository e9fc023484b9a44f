import { notFound } from 'next/navigation';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findConnection } from '@/lib/sso/connections/connections';
import { findReport } from '@/lib/sso/sign-in/test-reports';
import { Diagnosis } from '../../diagnosis';
import { Received } from '../../received';
import { Step } from '../../step';
import { TestLink } from '../test-link';
import { CheckList } from './check-list';
import { Verdict } from './verdict';

type Query = { flow?: string | string[] };

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('testTitle') };
}

export default async function TestReportPage(props: { params: Promise<{ id: string }>; searchParams: Promise<Query> }) {
  const visit = await requireUser('single-sign-on');
  const connection = await findConnection(visit.tenant, (await props.params).id);
  if (!connection) notFound();
  const { flow } = await props.searchParams;
  const found = typeof flow === 'string' ? await findReport(visit.tenant, flow, visit.user.id) : undefined;
  const report = found?.flow.connectionId === connection.id ? found.report : undefined;
  const t = await getTranslations('singleSignOn');
  const home = `/admin/single-sign-on/${connection.id}`;
  return (
    <Step
      visit={visit}
      title={t('testTitle')}
      lead={t('testLead', { label: connection.label })}
      back={{ href: home, label: connection.label }}
    >
      {report ? (
        <>
          <Verdict report={report} connection={connection} />
          {report.reason ? (
            <Diagnosis
              reason={report.reason}
              connection={connection}
              tenant={visit.tenant}
              received={report.received}
            />
          ) : null}
          <Card title={t('checks')} description={t('checksWhat')}>
            <CheckList report={report} connection={connection} visit={visit} />
          </Card>
          <Received received={report.received} visit={visit} />
        </>
      ) : (
        <Alert tone="info" title={t('noReport')}>
          <p>{t('noReportWhat')}</p>
        </Alert>
      )}
      <div className="row">
        <LinkButton href={home} tone={report?.ok ? 'primary' : 'quiet'}>
          {t(report?.ok ? 'goOn' : 'toConnection')}
        </LinkButton>
        <TestLink connection={connection} primary={!report?.ok} again={Boolean(report)} />
      </div>
    </Step>
  );
}
