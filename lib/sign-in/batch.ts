import { statementIn, type Tx, withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { hashToken } from '@/lib/crypto';
import { isHanging } from '@/lib/result';
import {
  type Answer,
  type Completed,
  type Entering,
  enter,
  entering,
  type UsedPassword,
  type Who,
} from '@/lib/sign-in/complete';
import type { Tenant } from '@/lib/tenants/tenants';

type Together = {
  one: Entering;
  password: UsedPassword;
  resolve(done: Completed | undefined): void;
  reject(error: unknown): void;
};

const groups = new Map<string, Together[]>();

/**
 * The same for a password that was right and asks for no more, in a transaction that all share who have come so far in the same
 * tenant in this turn of the loop: hashes end in groups, and one commit costs what one of many does. Promises undefined also
 * where the password is another one meanwhile.
 */
export function completeTogether(
  tenant: Tenant,
  who: Who,
  password: UsedPassword,
  device: string | undefined,
  cause: Cause,
): Promise<Completed | undefined> {
  return new Promise((resolve, reject) => {
    const last = groups.get(tenant.id);
    // Who comes twice stands in two groups: what is new to the first must not be new to the second.
    const group = last?.every(({ one }) => one.userId !== who.userId) ? last : newGroup(tenant);
    group.push({ one: entering(who, device, cause), password, resolve, reject });
  });
}

function newGroup(tenant: Tenant) {
  const group: Together[] = [];
  groups.set(tenant.id, group);
  setImmediate(() => {
    if (groups.get(tenant.id) === group) groups.delete(tenant.id);
    void comeIn(tenant, group);
  });
  return group;
}

async function comeIn(tenant: Tenant, group: Together[]) {
  try {
    const completed = await withTenant(tenant.id, (tx) => enterTogether(tx, tenant, group));
    for (const [at, { resolve }] of group.entries()) resolve(completed[at]);
  } catch (error) {
    // Who cannot be let in, for somebody holds his row, keeps the others out no longer than that.
    if (group.length > 1 && !isHanging(error)) for (const one of group) void comeIn(tenant, [one]);
    else for (const { reject } of group) reject(error);
  }
}

async function enterTogether(tx: Tx, tenant: Tenant, group: Together[]) {
  const people = group.map(({ one, password: { changedAt, budget, counters } }) => ({
    userId: one.userId,
    changedAt,
    budget: budget.toString('base64'),
    counters,
    token: hashToken(one.token).toString('base64'),
    factor: one.factor,
    address: one.cause.address,
    agent: one.cause.userAgent,
    device: hashToken(one.device).toString('base64'),
  }));
  const [row] = await statementIn<{ answer: Answer }>(
    tx,
    `select complete_together($1::uuid, string_to_array($2, ',')::uuid[], $3::text::json) as answer`,
    [tenant.id, people.map(({ userId }) => userId).join(), JSON.stringify(people)],
  );
  return enter(
    tx,
    tenant,
    group.map(({ one }) => one),
    row?.answer,
  );
}
