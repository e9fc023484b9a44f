import { redirect } from 'next/navigation';
import { Alert } from '@/components/ui/alert';
import { EmptyState } from '@/components/ui/empty-state';
import { SearchBox } from '@/components/ui/search-box';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findFailure, listFailures } from '@/lib/sso/sign-in/failures';
import { plainText } from '@/lib/text';
import { FailureTable } from '../failure-table';
import { Section } from '../section';

type Query = { code?: string | string[] };

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('failures') };
}

export default async function FailuresPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('single-sign-on');
  const code = asCode((await searchParams).code);
  if (code && (await findFailure(visit.tenant, code))) redirect(`/admin/single-sign-on/failures/${code}`);
  const [t, failures] = await Promise.all([getTranslations('singleSignOn'), listFailures(visit.tenant)]);
  return (
    <Section visit={visit} section="failures" wide>
      <p className="muted max-w-3xl">{t('failuresWhat')}</p>
      <SearchBox
        action="/admin/single-sign-on/failures"
        name="code"
        label={t('codeField')}
        submit={t('codeSearch')}
        value={code}
      />
      {code ? (
        <Alert tone="warning" title={t('codeUnknown', { code })}>
          <p>{t('codeUnknownWhat')}</p>
        </Alert>
      ) : null}
      {failures.length > 0 ? (
        <FailureTable failures={failures} visit={visit} withConnection />
      ) : (
        <EmptyState title={t('noFailures')}>
          <p>{t('noFailuresWhat')}</p>
        </EmptyState>
      )}
    </Section>
  );
}

/** Normalizes a code that was read out: case and spaces do not matter. */
function asCode(text: string | string[] | undefined) {
  if (typeof text !== 'string') return '';
  return plainText(text.trim().toLowerCase(), 40).replace(/[\s–_]+/g, '-');
}
