import { notFound } from 'next/navigation';
import { OperatorFrame } from '@/app/operator/frame';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { PageTitle } from '@/components/ui/page-title';
import { findOperator } from '@/lib/operators/operators';
import { requireOperator } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { ColleagueForms } from './form';

export async function generateMetadata() {
  const t = await getTranslations('operators');
  return { title: t('page') };
}

export default async function OperatorPage({ params }: { params: Promise<{ id: string }> }) {
  const visit = await requireOperator();
  const colleague = await findOperator((await params).id);
  if (!colleague) notFound();
  const t = await getTranslations('operators');
  const yourself = colleague.id === visit.operator.id;
  return (
    <OperatorFrame visit={visit} tab="operators">
      <div className="max-w-3xl">
        <PageTitle
          back={{ href: '/operator/operators', label: t('back') }}
          lead={colleague.username}
          actions={yourself ? <Badge tone="info">{t('you')}</Badge> : null}
        >
          {colleague.firstName} {colleague.lastName}
        </PageTitle>
        <Card title={t('help')}>
          {yourself ? <p>{t('yourselfHint')}</p> : <ColleagueForms colleague={colleague} visit={visit} />}
        </Card>
      </div>
    </OperatorFrame>
  );
}
