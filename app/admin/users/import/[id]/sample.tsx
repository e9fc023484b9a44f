import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { LinkButton } from '@/components/ui/link-button';
import { getTranslations } from '@/lib/request/translations';
import { replaceInvisible } from '@/lib/users/form';
import { isSecretColumn } from '@/lib/users/import/columns';
import { ENCODINGS } from '@/lib/users/import/encodings';
import { type Import, listImportLines } from '@/lib/users/import/imports';

const LINES = 5;
const LONGEST_CELL = 40;

type Props = { found: Import; visit: PortalVisit; encoding?: string | string[] };

/** Shows the first lines of the file as they were read, so that wrong letters are seen in time. */
export async function Sample({ found, visit, encoding }: Props) {
  const [t, lines] = await Promise.all([
    getTranslations('import'),
    listImportLines(visit.tenant, found.id, { limit: LINES }),
  ]);
  const known = ENCODINGS.find((one) => one === encoding);
  const columns = found.header.map((name, at) => ({ key: String(at), label: shown(name) || String(at + 1) }));
  const secret = found.header.filter(isSecretColumn).map(shown);
  return (
    <Card
      title={t('sample')}
      description={known ? t('sampleIn', { encoding: t(`encodings.${known}`) }) : t('sampleWhat')}
      actions={<LinkButton href="/admin/users/import">{t('sampleAgain')}</LinkButton>}
    >
      {secret.length > 0 ? (
        <div className="mb-4">
          <Alert tone="info">{t('secretsLeftOut', { columns: secret.join(', ') })}</Alert>
        </div>
      ) : null}
      <DataTable
        caption={t('sample')}
        columns={columns}
        rows={lines.map(({ line, cells }) => ({
          id: String(line),
          cells: Object.fromEntries(columns.map(({ key }) => [key, shown(cells[Number(key)] ?? '')])),
        }))}
      />
    </Card>
  );
}

function shown(text: string) {
  return replaceInvisible([...text].slice(0, LONGEST_CELL).join(''));
}
