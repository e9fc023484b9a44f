import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { LIFETIMES } from '@/lib/lifetimes';
import { plainText } from '@/lib/text';
import { inSeconds } from '@/lib/time';

export const FILTERS = {
  role: ['agent', 'administrator'],
  status: ['active', 'disabled', 'invited', 'waiting', 'locked'],
  factor: ['on', 'off'],
  email: ['none', 'shared'],
} as const;

export type Filter = {
  q?: string;
  /** Searches only by what colleagues see of each other: name and extension. */
  directory?: boolean;
} & { [Name in keyof typeof FILTERS]?: (typeof FILTERS)[Name][number] };

/**
 * What is asked of a user `u`. `everybody` is the statement, column `id`, that finds all of whom it holds by an index; each of them
 * comes up to `times` times.
 */
type Condition = { test: SQL; everybody?: SQL; times?: number };

/** What a list is narrowed by: `test`, asked of each user as the list is walked, and `ids` of the few who come into question where they are few. */
export type Narrowed = {
  test(id: SQL): SQL;
  ids?: SQL;
  /** So many match, or more. */
  atLeast: number;
};

/** Up to so many are looked up one by one. */
const FEW = 3000;

/** Up to so many are gathered before the list is walked; of more, each is asked: soon there are enough for a page. */
const MANY = 20_000;

const MOST_WORDS = 5;

/** Promises how to find those who match. The planner takes a rare word for a common one and the other way round, so what is there is counted first. */
export async function narrow(tx: Tx, tenantId: string, filter: Filter): Promise<Narrowed> {
  const conditions = await Promise.all(conditionsOf(tenantId, filter).map((one) => withCount(tx, one)));
  const sets = conditions.filter(isSet).sort((a, b) => a.count - b.count);
  const few = await fewOf(tx, sets);
  // Those few are in every set already.
  const asked = few ? conditions.filter((one) => !isSet(one)) : conditions;
  const [first, ...more] = conditions;
  return {
    test: (id) => all(asked.map((one) => testOf(one, id))),
    ids: few && sql`${few} limit ${FEW}`,
    atLeast: first && more.length === 0 ? Math.floor(first.count / (first.times ?? 1)) : 0,
  };
}

type Counted = Condition & { count: number };
type Set = Counted & { everybody: SQL };

async function withCount(tx: Tx, condition: Condition): Promise<Counted> {
  return { ...condition, count: condition.everybody ? await countUpTo(tx, condition.everybody, MANY) : 0 };
}

function isSet(condition: Counted): condition is Set {
  return condition.everybody !== undefined && condition.count <= MANY;
}

/** Those in all the sets, if they are few. */
async function fewOf(tx: Tx, sets: Set[]) {
  const [smallest, ...others] = sets;
  if (!smallest) return undefined;
  if (others.length === 0) return smallest.count <= FEW ? smallest.everybody : undefined;
  const inAll = all(others.map((one) => isIn(one, sql`s.id`)));
  const [row] = await tx.execute<{ count: number; ids: string | null }>(sql`
    select count(*)::int as count, array_agg(id)::text as ids
    from (select s.id from (${smallest.everybody}) s where true ${inAll} limit ${FEW + 1}) as found`);
  return row && row.count <= FEW ? sql`select unnest(${row.ids ?? '{}'}::uuid[]) as id` : undefined;
}

async function countUpTo(tx: Tx, ids: SQL, most: number) {
  const [row] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from (${ids} limit ${most + 1}) as counted`,
  );
  return row?.count ?? 0;
}

function testOf(condition: Counted, id: SQL) {
  return isSet(condition) ? isIn(condition, id) : condition.test;
}

/** So written, those of whom it holds are gathered once instead of being looked for at each user; with a limit, whatever the planner expects. */
function isIn({ everybody }: Set, id: SQL) {
  return sql`(${id} in (${everybody} limit ${MANY})) is true`;
}

function all(tests: SQL[]) {
  return sql.join(
    tests.map((test) => sql`and ${test}`),
    sql` `,
  );
}

function conditionsOf(tenantId: string, { q = '', directory, role, status, factor, email }: Filter): Condition[] {
  const words = plainText(q.trim(), 100).split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  return [
    ...words.map((word) => wordCondition(tenantId, word, directory)),
    ...(role ? [ROLES[role](tenantId)] : []),
    ...(status ? [STATES[status](tenantId)] : []),
    ...(factor ? [FACTORS[factor](tenantId)] : []),
    ...(email ? [EMAILS[email](tenantId)] : []),
  ];
}

type OfTenant = (tenantId: string) => Condition;

/** What the row itself says; `rare` where an index of its own holds those few. */
const plain =
  (test: SQL, { rare }: { rare: boolean }): OfTenant =>
  (tenantId) => ({
    test,
    ...(rare && { everybody: sql`select u.id from users u where u.tenant_id = ${tenantId} and ${test}` }),
  });

const ROLES: Record<NonNullable<Filter['role']>, OfTenant> = {
  administrator: plain(sql`u.role = 'administrator'`, { rare: true }),
  agent: plain(sql`u.role = 'agent'`, { rare: false }),
};

const STATES: Record<NonNullable<Filter['status']>, OfTenant> = {
  active: plain(sql`u.status = 'active'`, { rare: false }),
  disabled: plain(sql`u.status = 'disabled'`, { rare: true }),
  invited: (tenantId) => {
    const invited = sql`i.tenant_id = ${tenantId} and coalesce(i.sent_at, i.created_at) > now() - make_interval(secs => ${inSeconds(LIFETIMES.invitation)})`;
    return {
      test: sql`exists (select from invitations i where ${invited} and i.user_id = u.id)`,
      everybody: sql`select i.user_id as id from invitations i where ${invited}`,
    };
  },
  waiting: plain(sql`u.waiting`, { rare: true }),
  locked: (tenantId) => {
    const locked = sql`t.tenant_id = ${tenantId} and t.locked_until > now()`;
    return {
      test: sql`exists (select from throttles t where ${locked} and t.user_id = u.id)`,
      everybody: sql`select t.user_id as id from throttles t where ${locked} and t.user_id is not null`,
    };
  },
};

const FACTORS: Record<NonNullable<Filter['factor']>, OfTenant> = {
  on: plain(sql`u.enrolled`, { rare: false }),
  off: plain(sql`not u.enrolled`, { rare: true }),
};

const EMAILS: Record<NonNullable<Filter['email']>, OfTenant> = {
  none: plain(sql`u.email is null`, { rare: true }),
  shared: (tenantId) => {
    const shared = sql`e.tenant_id = ${tenantId} and e.holders > 1`;
    return {
      test: sql`exists (select from email_holders e where ${shared} and e.email_key = u.email_key)`,
      everybody: sql`select o.id from email_holders e
        join users o on o.tenant_id = ${tenantId} and o.email_key = e.email_key where ${shared}`,
    };
  },
};

/** Each word typed begins a word of the user. */
function wordCondition(tenantId: string, word: string, directory = false): Condition {
  const begins = (text: SQL) =>
    sql`w.tenant_id = ${tenantId} ${directory ? sql`and w.in_directory` : sql``} and ${text} >= search_form(${word}::text) and ${text} < search_form(${word}::text) || chr(1114111)`;
  return {
    // Through the words of that one person alone, never through all that begin so: a planner that knows this tenant badly might.
    test: sql`(select true from user_words w where ${begins(sql`(w.word || '')`)} and w.user_id = u.id limit 1)`,
    everybody: sql`select w.user_id as id from user_words w where ${begins(sql`w.word`)}`,
    // The name, its parts, the username, the extension and the email address.
    times: 7,
  };
}
