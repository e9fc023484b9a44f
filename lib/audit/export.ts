import { withTenant } from '@/db';
import { badEventsIn } from '@/lib/audit/bad-events';
import type { AuditFilter } from '@/lib/audit/filter';
import { type ListedEvent, listAudit } from '@/lib/audit/list';
import { type Names, namesIn } from '@/lib/audit/names';
import { type Cause, record } from '@/lib/audit/record';
import { type Say, sentenceOf } from '@/lib/audit/sentences';
import { csvLine } from '@/lib/csv';

const PAGE = 1000;

type AuditFormat = 'csv' | 'jsonl';

/**
 * Yields the events that a filter finds as text, oldest first, one page of rows at a time. The
 * export is itself an event, written before the first row is read.
 */
export async function* exportAudit(
  chain: string,
  filter: AuditFilter,
  format: AuditFormat,
  say: Say,
  cause: Cause,
): AsyncGenerator<string> {
  const { person = null, events, from = null, to = null, address = null } = filter;
  const detail = { format, person, event: events?.join(' ') ?? null, from, to, address };
  await withTenant(chain, async (tx) => record(tx, chain, cause, 'audit_export', { detail }));
  // The byte-order mark tells spreadsheets that the file is UTF-8.
  if (format === 'csv') yield `\u{feff}${csvLine(COLUMNS)}`;
  for (let after: string | undefined, more = true; more; ) {
    const page = await listAudit(chain, filter, { limit: PAGE, after, oldestFirst: true });
    const [names, bad] = await Promise.all([namesIn(chain, page.events), badEventsIn(chain, page.events)]);
    const write = format === 'csv' ? asCsv : asJson;
    const lines = page.events.map((event) => write({ ...event, holds: !bad.has(event.seq) }, names, say));
    if (lines.length > 0) yield lines.join('');
    after = page.next;
    more = after !== undefined;
  }
}

const COLUMNS = [
  'seq',
  'at',
  'event',
  'sentence',
  'actor',
  'actor_id',
  'subject',
  'subject_id',
  'address',
  'request_id',
  'detail',
  'holds',
];

type Checked = ListedEvent & { holds: boolean };

function asCsv(event: Checked, names: Names, say: Say) {
  const { seq, at, actorId, subjectId, address, requestId, detail } = event;
  return csvLine([
    seq,
    at.toISOString(),
    event.event,
    sentenceOf(event, names, say),
    actorId && names.get(actorId),
    actorId,
    subjectId && names.get(subjectId),
    subjectId,
    address,
    requestId,
    JSON.stringify(detail),
    event.holds ? 'yes' : 'no',
  ]);
}

function asJson(event: Checked, names: Names, say: Say) {
  const { seq, at, actorId, subjectId, address, requestId, detail } = event;
  const named = (id: string | null) => id && { id, name: names.get(id) ?? null };
  return `${JSON.stringify({
    seq,
    at: at.toISOString(),
    event: event.event,
    sentence: sentenceOf(event, names, say),
    actor: named(actorId),
    subject: named(subjectId),
    address,
    requestId,
    detail,
    holds: event.holds,
  })}\n`;
}
