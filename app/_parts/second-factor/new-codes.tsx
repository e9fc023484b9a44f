import type { ReactNode } from 'react';
import { Card } from '@/components/ui/card';
import { PageTitle } from '@/components/ui/page-title';
import { getTranslations } from '@/lib/request/translations';
import { CodeList, type CodeOwner } from './code-list';

/** Shows new recovery codes; `children` is the form that confirms having saved them. */
export async function NewCodes({ codes, owner, children }: { codes: string[]; owner: CodeOwner; children: ReactNode }) {
  const t = await getTranslations('recoveryCodes');
  return (
    <div className="max-w-2xl">
      <PageTitle lead={t('lead')}>{t('title')}</PageTitle>
      <Card>
        <div className="stack">
          <CodeList codes={codes} owner={owner} />
          <p className="no-print">{t('where')}</p>
          {children}
        </div>
      </Card>
    </div>
  );
}
