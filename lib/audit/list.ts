import { type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import type { AuditFilter } from '@/lib/audit/filter';
import type { AuditDetail } from '@/lib/audit/record';
import { addDays, startOfDay } from '@/lib/language/time-zones';

/**
 * With two filters or more, so many events of the rarer one are looked at for one page: a bound on
 * its time.
 */
const LOOKED_AT = 10_000;
/** Which one is rarer is counted no further than this. */
const COUNTED = 2000;

export type ListedEvent = {
  seq: number;
  at: Date;
  event: string;
  actorId: string | null;
  subjectId: string | null;
  address: string;
  requestId: string;
  detail: AuditDetail;
};

type Page = { limit: number; after?: string; oldestFirst?: boolean };

/**
 * Returns a page of a chain's events after `after`, newest first unless `oldestFirst`; `next` is
 * where the next page begins. A page with a next one may still have fewer events than `limit`:
 * `lookedTo` is how far the search went.
 */
export async function listAudit(tenantId: string, filter: AuditFilter, { limit, after, oldestFirst = false }: Page) {
  return withTenant(tenantId, async (tx) => {
    const window = [sql`tenant_id = ${tenantId}`, ...days(filter), ...behind(after, oldestFirst)];
    const ways = waysOf(filter);
    const way = ways.length > 1 ? await rarest(tx, window, ways) : (ways[0] ?? ALL);
    const rest = ways.filter((one) => one !== way);
    const most = rest.length > 0 ? LOOKED_AT : limit + 1;
    const search = { tenantId, window, way, most, oldestFirst };
    const rows = await read(tx, search, rest, limit + 1);
    const events = rows.slice(0, limit).map(listed);
    const last = events.at(-1);
    if (rows.length > limit && last) return { events, next: placeOf(last) };
    const end = rest.length > 0 ? await endOf(tx, search) : undefined;
    return end ? { events, next: placeOf(end), lookedTo: end.at } : { events };
  });
}

/** A condition that an index serves: each branch is one scan of it. */
type Way = SQL[];
/** Looks at the first `most` events of a way within the window. */
type Search = { tenantId: string; window: SQL[]; way: Way; most: number; oldestFirst: boolean };
const ALL: Way = [sql`true`];

function waysOf({ person, events, address }: AuditFilter): Way[] {
  return [
    ...(person ? [[sql`subject_id = ${person}`, sql`actor_id = ${person}`]] : []),
    // One run per event: only so is each in the order of time already.
    ...(events ? [events.map((event) => sql`event = ${event}`)] : []),
    ...(address ? [[sql`address = ${address}`]] : []),
  ];
}

async function rarest(tx: Tx, window: SQL[], ways: Way[]) {
  const counts = await Promise.all(
    ways.map(async (way) => {
      const runs = way.map(
        (branch) => sql`(select 1 from audit_events where ${all([...window, branch])} limit ${COUNTED})`,
      );
      const [row] = await tx.execute<{ count: string }>(
        sql`select count(*) from (${sql.join(runs, sql` union all `)}) found`,
      );
      return { way, count: Number(row?.count) };
    }),
  );
  return counts.sort((a, b) => a.count - b.count)[0]?.way ?? ALL;
}

/** Returns the first `limit` events of a search that are on every way of `rest`, too. */
async function read(tx: Tx, search: Search, rest: Way[], limit: number) {
  const { tenantId, oldestFirst } = search;
  const others = rest.map((branches) => sql`(${sql.join(branches, sql` or `)})`);
  return tx.execute<Raw>(sql`
    select e.seq, floor(extract(epoch from e.at) * 1000)::bigint as at, e.event, e.actor_id, e.subject_id, e.address, e.request_id, e.detail
    from (
      select seq, at from (${found(search)}) found
      ${others.length > 0 ? sql`where ${all(others)}` : sql``} order by ${order(oldestFirst)} limit ${limit}) page
    join audit_events e on e.tenant_id = ${tenantId} and e.seq = page.seq
    order by ${oldestFirst ? sql`e.at, e.seq` : sql`e.at desc, e.seq desc`}`);
}

/** The last of what was looked at, where that was not all there is. */
async function endOf(tx: Tx, search: Search) {
  const rows = await tx.execute<{ seq: string; at: string }>(sql`
    select seq, floor(extract(epoch from at) * 1000)::bigint as at
    from (${found(search)}) found order by ${order(!search.oldestFirst)} limit 1`);
  const [{ count } = { count: '0' }] = await tx.execute<{ count: string }>(
    sql`select count(*) from (${found(search)}) found`,
  );
  const end = rows[0];
  return end && Number(count) >= search.most ? { seq: Number(end.seq), at: new Date(Number(end.at)) } : undefined;
}

/** The first `most` events of a way; one that several branches find counts once. */
function found({ window, way, most, oldestFirst }: Search) {
  const runs = way.map(
    (branch) =>
      sql`(select seq, at, event, actor_id, subject_id, address from audit_events where ${all([...window, branch])} order by ${order(oldestFirst)} limit ${most})`,
  );
  if (runs.length === 1) return sql.join(runs);
  return sql`select distinct on (at, seq) * from (${sql.join(runs, sql` union all `)}) runs order by ${order(oldestFirst)} limit ${most}`;
}

function order(oldestFirst: boolean) {
  return oldestFirst ? sql`at, seq` : sql`at desc, seq desc`;
}

function all(conditions: SQL[]) {
  return sql.join(conditions, sql` and `);
}

function days({ from, to, timeZone = 'UTC' }: AuditFilter) {
  const startOf = (day: string) => sql`${startOfDay(day, timeZone).toISOString()}::timestamptz`;
  return [...(from ? [sql`at >= ${startOf(from)}`] : []), ...(to ? [sql`at < ${startOf(addDays(to, 1))}`] : [])];
}

function behind(after: string | undefined, oldestFirst: boolean) {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(after ?? '');
  if (!match) return [];
  const place = sql`(to_timestamp(${match[1]}::bigint / 1000.0), ${match[2]}::bigint)`;
  return [oldestFirst ? sql`(at, seq) > ${place}` : sql`(at, seq) < ${place}`];
}

function placeOf({ at, seq }: { at: Date; seq: number }) {
  return `${at.getTime()}-${seq}`;
}

type Raw = {
  seq: string;
  at: string;
  event: string;
  actor_id: string | null;
  subject_id: string | null;
  address: string;
  request_id: string;
  detail: AuditDetail;
};

function listed(row: Raw): ListedEvent {
  return {
    seq: Number(row.seq),
    at: new Date(Number(row.at)),
    event: row.event,
    actorId: row.actor_id,
    subjectId: row.subject_id,
    address: row.address,
    requestId: row.request_id,
    detail: row.detail,
  };
}
