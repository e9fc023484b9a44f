import { eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { users } from '@/db/schema/users';
import { readId } from '@/lib/ids';
import type { Tenant } from '@/lib/tenants/tenants';
import { USER_COLUMNS } from '@/lib/users/columns';
import type { Filter } from '@/lib/users/filters';
import { type Narrowed, narrow } from '@/lib/users/narrow';

export const SORTS = ['name', 'username', 'extension', 'newest', 'signedIn'] as const;
export type Sort = (typeof SORTS)[number];

const USERS = sql`users u`;
const TIMES: Sort[] = ['newest', 'signedIn'];

/** The generated column of each order; the id makes every position unique. */
const KEYS: Record<Sort, { from: SQL; column: SQL; id: SQL; type: SQL; descending?: true }> = {
  name: { from: USERS, column: sql`u.sort_name`, id: sql`u.id`, type: sql`text` },
  username: { from: USERS, column: sql`u.username`, id: sql`u.id`, type: sql`text` },
  extension: { from: USERS, column: sql`u.sort_extension`, id: sql`u.id`, type: sql`bigint` },
  newest: { from: USERS, column: sql`u.created_at`, id: sql`u.id`, type: sql`timestamptz`, descending: true },
  signedIn: {
    from: sql`last_sign_ins s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id`,
    column: sql`s.at`,
    id: sql`s.user_id`,
    type: sql`timestamptz`,
    descending: true,
  },
};

/** Matches are counted up to this many. */
const MOST_COUNTED = 1000;

type ListQuery = Filter & { sort?: Sort; after?: string; before?: string; limit?: number };

/**
 * Returns one page of users after `after` or before `before`, the keys of the pages around it, and
 * the number of matches: `total`, or more if `uncounted`.
 */
export async function listUsers(tenant: Tenant, { sort = 'name', after, before, limit = 50, ...filter }: ListQuery) {
  const place = placeOf(sort, after ?? before);
  const backwards = after === undefined && before !== undefined && place !== undefined;
  return withTenant(tenant.id, async (tx) => {
    const narrowed = await narrow(tx, tenant.id, filter);
    const { found, count } = await find(tx, tenant.id, narrowed, { sort, place, backwards, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const more = found.length > limit;
    if (backwards) shown.reverse();
    const rows = await tx.select(USER_COLUMNS).from(users).where(inArrayOf(tenant.id, shown));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return {
      users: shown.flatMap(({ id }) => byId.get(id) ?? []),
      total: Math.min(count, MOST_COUNTED),
      uncounted: count > MOST_COUNTED,
      next: (backwards || more) && shown.length > 0 ? keyOf(shown.at(-1)) : undefined,
      previous: (backwards ? more : place !== undefined) && shown.length > 0 ? keyOf(shown[0]) : undefined,
    };
  });
}

/** Returns the ids of all matching users in the order of their names, at most `most`. */
export async function listUserIds(tenant: Tenant, filter: Filter, most: number) {
  const page = { sort: 'name', place: undefined, backwards: false, limit: most } as const;
  const { found } = await withTenant(tenant.id, async (tx) =>
    find(tx, tenant.id, await narrow(tx, tenant.id, filter), page),
  );
  return found.map(({ id }) => id);
}

type Place = { key: string; id: string };
type Page = { sort: Sort; place: Place | undefined; backwards: boolean; limit: number };

/** Returns one page of matches and their number, counted up to MOST_COUNTED + 1. */
async function find(tx: Tx, tenantId: string, narrowed: Narrowed, page: Page) {
  if (narrowed.ids) return findAmong(tx, tenantId, narrowed.ids, narrowed.test, page);
  const [found, count] = await Promise.all([walk(tx, tenantId, narrowed.test, page), countOf(tx, tenantId, narrowed)]);
  return { found, count };
}

/** Reads all candidates and selects the page from them. */
async function findAmong(tx: Tx, tenantId: string, ids: SQL, test: Narrowed['test'], page: Page) {
  const { from, column, id } = KEYS[page.sort];
  const { behind, order } = placed(page, sql`m.key`, sql`m.id`);
  const rows = await tx.execute<Place & { count: number }>(sql`
    with m as materialized (
      select ${id} as id, ${column} as key from ${from}
      where u.tenant_id = ${tenantId} and ${id} = any (array(${ids})) ${test(id)})
    select m.id, m.key::text as key, (select count(*)::int from m) as count from m
    where true ${behind} order by ${order} limit ${page.limit}`);
  return { found: [...rows], count: rows[0]?.count ?? 0 };
}

/** Reads the list in its order until the page is full. */
async function walk(tx: Tx, tenantId: string, test: Narrowed['test'], page: Page) {
  const { from, column, id } = KEYS[page.sort];
  const { behind, order } = placed(page, column, id);
  const rows = await tx.execute<Place>(sql`
    select ${id} as id, ${column}::text as key from ${from}
    where u.tenant_id = ${tenantId} ${test(id)} ${behind} order by ${order} limit ${page.limit}`);
  return [...rows];
}

async function countOf(tx: Tx, tenantId: string, { test, atLeast }: Narrowed) {
  if (atLeast > MOST_COUNTED) return atLeast;
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from users u where u.tenant_id = ${tenantId} ${test(sql`u.id`)} limit ${MOST_COUNTED + 1}) as counted`);
  return row?.count ?? 0;
}

function placed({ sort, place, backwards }: Page, column: SQL, id: SQL) {
  const { type, descending = false } = KEYS[sort];
  const down = descending !== backwards;
  const order = down ? sql`${column} desc, ${id} desc` : sql`${column}, ${id}`;
  const behind = place
    ? sql`and (${column}, ${id}) ${down ? sql`<` : sql`>`} (${place.key}::${type}, ${place.id}::uuid)`
    : sql``;
  return { order, behind };
}

function inArrayOf(tenantId: string, found: { id: string }[]) {
  const ids = found.map(({ id }) => id);
  return ids.length === 0 ? sql`false` : sql`${eq(users.tenantId, tenantId)} and ${inArray(users.id, ids)}`;
}

/** Returns a position in the list as one opaque word for the address. */
function keyOf(row: Place | undefined) {
  return row && Buffer.from(JSON.stringify([row.key, row.id])).toString('base64url');
}

/** Returns the position that a word stands for; undefined, the beginning, if it is malformed. */
function placeOf(sort: Sort, word: string | undefined): Place | undefined {
  if (!word) return undefined;
  try {
    const [key, id, ...rest] = JSON.parse(Buffer.from(word, 'base64url').toString('utf8'));
    if (typeof key !== 'string' || key.includes('\0') || key.length > 300 || rest.length > 0) return undefined;
    if (sort === 'extension' && !/^\d{1,15}$/.test(key)) return undefined;
    if (
      TIMES.includes(sort) &&
      key !== '-infinity' &&
      !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/.test(key)
    )
      return undefined;
    const read = readId(id);
    return read ? { key, id: read } : undefined;
  } catch {
    return undefined;
  }
}
