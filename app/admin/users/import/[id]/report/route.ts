import { notFound } from 'next/navigation';
import { csvLine } from '@/lib/csv';
import { withDatabase } from '@/lib/request/api';
import { requireUser } from '@/lib/request/current';
import { downloadOf } from '@/lib/request/download';
import { getTranslations } from '@/lib/request/translations';
import type { Tenant } from '@/lib/tenants/tenants';
import { replaceInvisible } from '@/lib/users/form';
import { findImport, listImportLines } from '@/lib/users/import/imports';
import { sayReasons } from '../reasons';

const PER_PAGE = 500;

/** Downloads the lines of an import with their verdicts, in the reader's language. */
export function GET(_request: Request, { params }: { params: Promise<{ id: string }> }) {
  return withDatabase(async () => {
    const { tenant } = await requireUser('users');
    const found = await findImport(tenant, (await params).id);
    if (!found) notFound();
    const [t, say] = await Promise.all([getTranslations('import'), sayReasons()]);
    const head = [t('line'), t('field.username'), t('what'), t('why')];
    const verdicts = { create: '', change: '', same: '', refused: '' };
    for (const verdict of ['create', 'change', 'same', 'refused'] as const) verdicts[verdict] = t(`verdict.${verdict}`);
    return downloadOf(reportOf(tenant, found.id, head, verdicts, say), 'import.csv', 'text/csv; charset=utf-8');
  });
}

async function* reportOf(
  tenant: Tenant,
  id: string,
  head: string[],
  verdicts: Record<'create' | 'change' | 'same' | 'refused', string>,
  say: (reasons: readonly string[]) => string,
) {
  yield `\ufeff${csvLine(head)}`;
  for (let after = 0; ; ) {
    const lines = await listImportLines(tenant, id, { after, limit: PER_PAGE });
    const last = lines.at(-1);
    if (!last) return;
    after = last.line;
    yield lines
      .map(({ line, cells, user, verdict, reasons }) =>
        csvLine([
          line,
          user?.username ?? replaceInvisible(cells.join(' ')),
          verdict && verdicts[verdict],
          say(reasons),
        ]),
      )
      .join('');
  }
}
