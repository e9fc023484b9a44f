import { OperatorFrame, type OperatorVisit } from '@/app/operator/frame';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { PageTitle } from '@/components/ui/page-title';
import { showMoment } from '@/lib/language/show';
import { listOperators } from '@/lib/operators/operators';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { NewOperatorForm } from './form';

type Listed = Awaited<ReturnType<typeof listOperators>>[number];

const COLUMNS = ['name', 'status', 'secondFactor', 'lastSignIn'] as const;

export async function generateMetadata() {
  const t = await getTranslations('operators');
  return { title: t('title') };
}

export default async function OperatorsPage() {
  const visit = await requireOperator();
  const [t, operators] = await Promise.all([getTranslations('operators'), listOperators()]);
  return (
    <OperatorFrame visit={visit} tab="operators">
      <PageTitle lead={t('lead')}>{t('title')}</PageTitle>
      <div className="stack">
        <OperatorTable operators={operators} visit={visit} />
        <Card title={t('add')} description={t('addHint')}>
          <NewOperatorForm visit={visit} />
        </Card>
      </div>
    </OperatorFrame>
  );
}

async function OperatorTable({ operators, visit }: { operators: Listed[]; visit: OperatorVisit }) {
  const t = await getTranslations('operators');
  const rows = operators.map((operator) => ({
    id: operator.id,
    cells: {
      name: (
        <span>
          <a className="link" href={`/operator/operators/${operator.id}`}>
            {operator.firstName} {operator.lastName}
          </a>
          <span className="muted block text-sm font-normal">{operator.username}</span>
        </span>
      ),
      status: (
        <span className="row">
          <Badge tone={operator.status === 'active' ? 'success' : 'neutral'}>{t(operator.status)}</Badge>
          {operator.locked ? <Badge tone="warning">{t('locked')}</Badge> : null}
        </span>
      ),
      secondFactor: t(operator.secondFactor ? 'on' : 'off'),
      lastSignIn: operator.lastSignInAt ? showMoment(operator.lastSignInAt, visit.locale, visit.timeZone) : t('never'),
    },
  }));
  return <DataTable caption={t('list')} columns={COLUMNS.map((key) => ({ key, label: t(key) }))} rows={rows} />;
}
