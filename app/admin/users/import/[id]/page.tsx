import { notFound } from 'next/navigation';
import { Frame } from '@/app/_parts/portal-frame';
import { Badge } from '@/components/ui/badge';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findImport } from '@/lib/users/import/imports';
import { STATE_TONES } from '../state-tones';
import { Columns } from './columns';
import { Lines } from './lines';
import { Outcome } from './outcome';
import { Plan } from './plan';
import { Sample } from './sample';

type Query = { verdict?: string | string[]; after?: string | string[]; encoding?: string | string[] };

export async function generateMetadata() {
  const t = await getTranslations('import');
  return { title: t('title') };
}

export default async function OneImportPage(props: { params: Promise<{ id: string }>; searchParams: Promise<Query> }) {
  const visit = await requireUser('users');
  const found = await findImport(visit.tenant, (await props.params).id);
  if (!found) notFound();
  const t = await getTranslations('import');
  const open = found.state !== 'applying' && found.state !== 'applied';
  return (
    <Frame visit={visit} tab="users">
      <PageTitle
        back={{ href: '/admin/users/import', label: t('title') }}
        actions={<Badge tone={STATE_TONES[found.state]}>{t(`states.${found.state}`)}</Badge>}
      >
        {found.fileName}
      </PageTitle>
      <div className="stack">
        <Outcome found={found} />
        {found.counts && open ? <Plan found={found} visit={visit} /> : null}
        {open ? <Sample found={found} visit={visit} encoding={(await props.searchParams).encoding} /> : null}
        {open ? <Columns found={found} visit={visit} /> : null}
        {found.counts ? <Lines found={found} visit={visit} query={await props.searchParams} /> : null}
      </div>
    </Frame>
  );
}
