import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { DataTable } from '@/components/ui/data-table';
import { LinkButton } from '@/components/ui/link-button';
import { Pager } from '@/components/ui/pager';
import { getTranslations } from '@/lib/request/translations';
import { replaceInvisible } from '@/lib/users/form';
import { type Import, listImportLines } from '@/lib/users/import/imports';
import { sayReasons } from './reasons';

const PER_PAGE = 50;
const TONES = { create: 'success', change: 'info', same: 'neutral', refused: 'danger' } as const;
const VERDICTS = ['refused', 'create', 'change', 'same'] as const;

type Query = { verdict?: string | string[]; after?: string | string[] };

/** Lists the lines with their verdicts, all or those of one verdict. */
export async function Lines({ found, visit, query }: { found: Import; visit: PortalVisit; query: Query }) {
  const verdict = VERDICTS.find((one) => one === query.verdict);
  const after = Math.max(0, Math.min(2 ** 31 - 1, Math.trunc(Number(query.after)) || 0));
  const [t, lines] = await Promise.all([
    getTranslations('import'),
    listImportLines(visit.tenant, found.id, { verdict, after, limit: PER_PAGE + 1 }),
  ]);
  const say = await sayReasons();
  const shown = lines.slice(0, PER_PAGE);
  const path = `/admin/users/import/${found.id}`;
  const at = (more: Record<string, string>) =>
    `${path}?${new URLSearchParams({ ...(verdict && { verdict }), ...more }).toString()}`;
  return (
    <Card title={verdict ? t(`verdict.${verdict}`) : t('all')}>
      <div className="stack">
        <div className="row">
          <LinkButton href={path} small>
            {t('all')}
          </LinkButton>
          {VERDICTS.filter((one) => found.counts?.[one]).map((one) => (
            <LinkButton key={one} href={`${path}?verdict=${one}`} small>
              {t(`verdict.${one}`)} ({found.counts?.[one].toLocaleString(visit.locale)})
            </LinkButton>
          ))}
          <LinkButton href={`${path}/report`} small>
            {t('report')}
          </LinkButton>
        </div>
        <DataTable
          caption={t('all')}
          columns={(['line', 'person', 'what', 'why'] as const).map((key) => ({ key, label: t(key) }))}
          rows={shown.map((one) => ({
            id: String(one.line),
            cells: {
              line: String(one.line),
              person: (
                <bdi className="break-words">
                  {one.user
                    ? `${one.user.firstName} ${one.user.lastName} (${one.user.username})`
                    : replaceInvisible(one.cells.filter(Boolean).join(' · ').slice(0, 120))}
                </bdi>
              ),
              what: one.verdict ? <Badge tone={TONES[one.verdict]}>{t(`verdict.${one.verdict}`)}</Badge> : '',
              why: say(one.reasons) || <span className="muted">{t('nothing')}</span>,
            },
          }))}
          empty={<p className="muted">{t('noLines')}</p>}
        />
        <Pager
          label={t('pages')}
          previous={after > 0 ? { href: at({}), label: t('firstLines') } : undefined}
          next={
            lines.length > PER_PAGE ? { href: at({ after: String(shown.at(-1)?.line) }), label: t('more') } : undefined
          }
        />
      </div>
    </Card>
  );
}
