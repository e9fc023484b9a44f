import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { type Condition, conditionsOf, type Filter } from '@/lib/users/filters';

/** How to narrow a list: `test` of each user, and `ids` where there are few candidates. */
export type Narrowed = {
  test(id: SQL): SQL;
  ids?: SQL;
  /** A lower bound of the matches. */
  atLeast: number;
};

/** Returns how to find the matches. Counts them first: the planner misjudges how rare a word is. */
export async function narrow(tx: Tx, tenantId: string, filter: Filter): Promise<Narrowed> {
  const conditions = await Promise.all(conditionsOf(tenantId, filter).map((one) => withCount(tx, one)));
  const sets = conditions.filter(isSet).sort((a, b) => a.count - b.count);
  const few = await fewOf(tx, sets);
  // The ids meet the small conditions already.
  const untested = few ? conditions.filter((one) => !isSet(one)) : conditions;
  const [first, ...more] = conditions;
  return {
    test: (id) => all(untested.map((one) => testOf(one, id))),
    ids: few && sql`${few} limit ${FEW}`,
    atLeast: first && more.length === 0 ? Math.floor(first.count / (first.times ?? 1)) : 0,
  };
}

/** Up to this many candidates are looked up by id. */
const FEW = 3000;

/**
 * Up to this many ids are hashed before the list is read; above, each user is tested on its own.
 */
const MANY = 20_000;

type CountedCondition = Condition & { count: number };
type SmallCondition = CountedCondition & { everybody: SQL };

async function withCount(tx: Tx, condition: Condition): Promise<CountedCondition> {
  return { ...condition, count: condition.everybody ? await countUpTo(tx, condition.everybody, MANY) : 0 };
}

function isSet(condition: CountedCondition): condition is SmallCondition {
  return condition.everybody !== undefined && condition.count <= MANY;
}

/** Returns a statement for the ids in all sets, or undefined if there are many. */
async function fewOf(tx: Tx, sets: SmallCondition[]) {
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

function testOf(condition: CountedCondition, id: SQL) {
  return isSet(condition) ? isIn(condition, id) : condition.test;
}

/** The limit makes the planner hash the ids once instead of looking them up for each user. */
function isIn({ everybody }: SmallCondition, id: SQL) {
  return sql`(${id} in (${everybody} limit ${MANY})) is true`;
}

function all(tests: SQL[]) {
  return sql.join(
    tests.map((test) => sql`and ${test}`),
    sql` `,
  );
}
