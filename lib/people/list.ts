import { eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { users } from '@/db/schema/users';
import type { Tenant } from '@/lib/tenants/tenants';
import { LISTED } from '@/lib/users';

export const SORTS = ['name', 'username', 'extension', 'newest'] as const;
export const FILTERS = {
  role: ['agent', 'administrator'],
  status: ['active', 'disabled', 'invited', 'waiting', 'locked'],
  factor: ['on', 'off'],
  email: ['none', 'shared'],
} as const;

export type Filter = { q?: string } & { [Name in keyof typeof FILTERS]?: (typeof FILTERS)[Name][number] };
export type Sort = (typeof SORTS)[number];

/** By what a list is sorted, as the database keeps it; the id behind it makes every place one of a kind. */
const KEYS: Record<Sort, { column: SQL; type: SQL; descending?: true }> = {
  name: { column: sql`u.sort_name`, type: sql`text` },
  username: { column: sql`u.username`, type: sql`text` },
  extension: { column: sql`u.sort_extension`, type: sql`bigint` },
  newest: { column: sql`u.created_at`, type: sql`timestamptz`, descending: true },
};

const MOST_WORDS = 5;

/** Further nobody counts: who has so many wants fewer, not their number. */
export const MOST_COUNTED = 1000;

/** Up to so many whom a word finds are looked up one by one; of more, the list is walked until a page is full. */
const FEW = 3000;

type Wanted = Filter & { sort?: Sort; after?: string; before?: string; limit?: number };

/** Promises one page of users, from behind `after` or up to `before`, where it goes on in both directions, and how many match in all: `total` of them, or more (`uncounted`). */
export async function listUsers(tenant: Tenant, { sort = 'name', after, before, limit = 50, ...filter }: Wanted) {
  const place = placeOf(sort, after ?? before);
  const backwards = after === undefined && before !== undefined && place !== undefined;
  return withTenant(tenant.id, async (tx) => {
    const matching = await conditions(tx, tenant.id, filter);
    const found = await pageOf(tx, tenant.id, matching, { sort, place, backwards, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const more = found.length > limit;
    if (backwards) shown.reverse();
    const [rows, count] = await Promise.all([
      tx.select(LISTED).from(users).where(inArrayOf(tenant.id, shown)),
      countOf(tx, tenant.id, matching),
    ]);
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

/** Promises the ids of everybody who matches, by name: what is done to many begins here. */
export async function everyId(tenant: Tenant, filter: Filter, most: number) {
  const found = await withTenant(tenant.id, async (tx) =>
    pageOf(tx, tenant.id, await conditions(tx, tenant.id, filter), {
      sort: 'name',
      place: undefined,
      backwards: false,
      limit: most,
    }),
  );
  return found.map(({ id }) => id);
}

type Place = { key: string; id: string };

async function pageOf(
  tx: Tx,
  tenantId: string,
  matching: SQL,
  { sort, place, backwards, limit }: { sort: Sort; place: Place | undefined; backwards: boolean; limit: number },
) {
  const { column, type, descending = false } = KEYS[sort];
  const down = descending !== backwards;
  const order = down ? sql`desc` : sql`asc`;
  const behind = place
    ? sql`and (${column}, u.id) ${down ? sql`<` : sql`>`} (${place.key}::${type}, ${place.id}::uuid)`
    : sql``;
  const rows = await tx.execute<{ id: string; key: string }>(sql`
    select u.id, ${column}::text as key from users u
    where u.tenant_id = ${tenantId} ${matching} ${behind}
    order by ${column} ${order}, u.id ${order} limit ${limit}`);
  return [...rows];
}

async function countOf(tx: Tx, tenantId: string, matching: SQL) {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select from users u where u.tenant_id = ${tenantId} ${matching} limit ${MOST_COUNTED + 1}) as counted`);
  return row?.count ?? 0;
}

async function conditions(tx: Tx, tenantId: string, { q = '', role, status, factor, email }: Filter) {
  const all = await wordConditions(tx, tenantId, q);
  if (role === 'administrator') all.push(sql`and u.role = 'administrator'`);
  if (role === 'agent') all.push(sql`and u.role = 'agent'`);
  if (status === 'active') all.push(sql`and u.status = 'active'`);
  if (status === 'disabled') all.push(sql`and u.status = 'disabled'`);
  if (status === 'invited') {
    all.push(sql`and u.id in (select i.user_id from invitations i where i.tenant_id = ${tenantId}
      and coalesce(i.sent_at, i.created_at) > now() - interval '72 hours')`);
  }
  if (status === 'waiting') {
    all.push(sql`and u.last_sign_in_at is null and not exists (select from passwords p
      where p.tenant_id = ${tenantId} and p.user_id = u.id)`);
  }
  if (status === 'locked') {
    all.push(sql`and u.id in (select t.user_id from throttles t where t.tenant_id = ${tenantId}
      and t.user_id is not null and t.locked_until > now())`);
  }
  const enrolled = sql`exists (select from totp_secrets s where s.tenant_id = ${tenantId} and s.user_id = u.id)`;
  if (factor === 'on') all.push(sql`and ${enrolled}`);
  if (factor === 'off') all.push(sql`and not ${enrolled}`);
  if (email === 'none') all.push(sql`and u.email is null`);
  if (email === 'shared') {
    all.push(sql`and u.email_key in (select o.email_key from users o where o.tenant_id = ${tenantId}
      and o.email_key is not null group by o.email_key having count(*) > 1)`);
  }
  return sql.join(all, sql` `);
}

/** Promises what holds of people `u` of whom each word typed begins a word. The rarest is looked up first: planned with the rest, it would be taken for a common one. */
export async function wordConditions(tx: Tx, tenantId: string, q: string) {
  const words = q.trim().slice(0, 100).split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  const looked = await Promise.all(
    words.map(async (word) => {
      const begins = sql`w.tenant_id = ${tenantId} and w.word >= search_form(${word}::text)
        and w.word < search_form(${word}::text) || chr(1114111)`;
      const rows = await tx.execute<{ id: string }>(
        sql`select w.user_id as id from user_words w where ${begins} limit ${FEW + 1}`,
      );
      const isOne = sql`and exists (select from user_words w where w.user_id = u.id and ${begins})`;
      return { ids: new Set(rows.map(({ id }) => id)), common: rows.length > FEW, isOne };
    }),
  );
  const rare = looked.filter(({ common }) => !common).sort((a, b) => a.ids.size - b.ids.size)[0];
  return looked.map((one) =>
    one === rare
      ? sql`and u.id in (select value::uuid from json_array_elements_text(${JSON.stringify([...one.ids])}::text::json))`
      : one.isOne,
  );
}

function inArrayOf(tenantId: string, found: { id: string }[]) {
  const ids = found.map(({ id }) => id);
  return ids.length === 0 ? sql`false` : sql`${eq(users.tenantId, tenantId)} and ${inArray(users.id, ids)}`;
}

/** A place in the list, as one opaque word in the address. */
function keyOf(row: Place | undefined) {
  return row && Buffer.from(JSON.stringify([row.key, row.id])).toString('base64url');
}

/** Whatever is no place in this list is its beginning. */
function placeOf(sort: Sort, word: string | undefined): Place | undefined {
  if (!word) return undefined;
  try {
    const [key, id, ...rest] = JSON.parse(Buffer.from(word, 'base64url').toString('utf8'));
    if (typeof key !== 'string' || key.includes('\0') || key.length > 300 || rest.length > 0) return undefined;
    if (typeof id !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined;
    if (sort === 'extension' && !/^\d{1,15}$/.test(key)) return undefined;
    if (sort === 'newest' && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/.test(key)) return undefined;
    return { key, id };
  } catch {
    return undefined;
  }
}
