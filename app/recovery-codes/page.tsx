import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { Frame } from '@/app/portal-frame';
import { Card } from '@/components/ui/card';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { newCodes } from '@/lib/two-factor';
import { CodeList } from './code-list';
import { KeptForm } from './form';

type Props = { searchParams: Promise<{ return_to?: string | string[] }> };

export async function generateMetadata() {
  const t = await getTranslations('recoveryCodes');
  return { title: t('title') };
}

export default async function RecoveryCodesPage({ searchParams }: Props) {
  const visit = await requireUser();
  const codes = await newCodes(visit.tenant, visit.user.id);
  if (!codes) redirect('/home');
  const t = await getTranslations('recoveryCodes');
  return (
    <Frame visit={visit}>
      <div className="max-w-2xl">
        <PageTitle lead={t('lead')}>{t('title')}</PageTitle>
        <Card>
          <div className="stack">
            <CodeList codes={codes} visit={visit} />
            <p className="no-print">{t('where')}</p>
            <KeptForm userId={visit.user.id} returnTo={(await searchParams).return_to} />
          </div>
        </Card>
      </div>
    </Frame>
  );
}
