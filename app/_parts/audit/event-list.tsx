import type { AuditQuery, AuditReader } from '@/app/_parts/audit/reader';
import { EmptyState } from '@/components/ui/empty-state';
import { Pager } from '@/components/ui/pager';
import { type AuditFilter, filterFrom } from '@/lib/audit/filter';
import { findSubject } from '@/lib/audit/find-subject';
import { listAudit } from '@/lib/audit/list';
import { namesIn } from '@/lib/audit/names';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { addressOf } from './address-of';
import { EventTable } from './event-table';
import { ExportLinks } from './export-links';
import { Filters } from './filters';
import { NoUser } from './no-user';

const PER_PAGE = 50;

export async function EventList({ reader, query }: { reader: AuditReader; query: AuditQuery }) {
  const filter = filterFrom(query, reader.timeZone);
  const subject = await findSubject(reader.chain, query.person);
  return (
    <div className="stack">
      <Filters reader={reader} query={query} subject={subject} />
      {subject && !subject.id ? (
        <NoUser reader={reader} query={query} subject={subject} />
      ) : (
        <Events reader={reader} query={query} filter={subject?.id ? { ...filter, person: subject.id } : filter} />
      )}
    </div>
  );
}

async function Events({ reader, query, filter }: { reader: AuditReader; query: AuditQuery; filter: AuditFilter }) {
  const after = typeof query.after === 'string' ? query.after : undefined;
  const [t, found] = await Promise.all([
    getTranslations('audit'),
    listAudit(reader.chain, filter, { limit: PER_PAGE, after }),
  ]);
  const names = await namesIn(reader.chain, found.events);
  const moment = found.lookedTo && showMoment(found.lookedTo, reader.locale, reader.timeZone);
  return (
    <>
      {found.events.length > 0 ? (
        <EventTable reader={reader} events={found.events} names={names} />
      ) : (
        <EmptyState title={moment ? t('nothingYet', { moment }) : t('nothing')}>
          {t(moment ? 'nothingYetHint' : 'nothingHint')}
        </EmptyState>
      )}
      <Pager
        label={t('pages')}
        previous={after ? { href: addressOf(reader.path, query), label: t('first') } : undefined}
        next={
          found.next
            ? {
                href: addressOf(reader.path, query, { after: found.next }),
                label: t(moment ? 'lookFurther' : 'next'),
              }
            : undefined
        }
        summary={moment ? t('lookedTo', { moment }) : undefined}
      />
      <ExportLinks reader={reader} query={query} />
    </>
  );
}
