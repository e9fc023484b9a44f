import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { type Condition, conditionsOf, type Filter } from '@/lib/users/filters';

/** What a list is narrowed by: `test`, asked of each user as the list is walked, and `ids` of the few who come into question where they are few. */
export type Narrowed = {
  test(id: SQL): SQL;
  ids?: SQL;
  /** So many match, or more. */
  atLeast: number;
};

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

/** Up to so many are looked up one by one. */
const FEW = 3000;

/** Up to so many are gathered before the list is walked; of more, each is asked: soon there are enough for a page. */
const MANY = 20_000;

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
