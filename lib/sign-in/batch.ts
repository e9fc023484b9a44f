import { statementIn, type Tx, withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { hashToken } from '@/lib/crypto';
import { isHanging } from '@/lib/result';
import {
  type CompletedSignIn,
  type OpenedSessions,
  recordSessions,
  type SessionRequest,
  type SignIn,
  sessionRequest,
  type UsedPassword,
} from '@/lib/sign-in/complete';
import type { Tenant } from '@/lib/tenants/tenants';

type BatchEntry = {
  one: SessionRequest;
  password: UsedPassword;
  resolve(done: CompletedSignIn | undefined): void;
  reject(error: unknown): void;
};

const openBatches = new Map<string, BatchEntry[]>();

/**
 * Completes a sign-in by a correct password that needs nothing else. Sign-ins of one tenant that
 * get here in the same iteration of the event loop share a transaction: a commit of many costs as
 * much as of one. Returns undefined also if the password was changed meanwhile.
 */
export function completeInBatch(
  tenant: Tenant,
  who: SignIn,
  password: UsedPassword,
  cause: Cause,
): Promise<CompletedSignIn | undefined> {
  return new Promise((resolve, reject) => {
    const last = openBatches.get(tenant.id);
    // Who comes twice stands in two groups: what is new to the first must not be new to the second.
    const group = last?.every(({ one }) => one.userId !== who.userId) ? last : openBatch(tenant);
    group.push({ one: sessionRequest(who, cause), password, resolve, reject });
  });
}

function openBatch(tenant: Tenant) {
  const group: BatchEntry[] = [];
  openBatches.set(tenant.id, group);
  setImmediate(() => {
    if (openBatches.get(tenant.id) === group) openBatches.delete(tenant.id);
    void runBatch(tenant, group);
  });
  return group;
}

async function runBatch(tenant: Tenant, group: BatchEntry[]) {
  try {
    const completed = await withTenant(tenant.id, (tx) => completeBatch(tx, tenant.id, group));
    for (const [at, { resolve }] of group.entries()) resolve(completed[at]);
  } catch (error) {
    // If one user's row is locked, retry each user alone so the rest of the batch is not held up.
    if (group.length > 1 && !isHanging(error)) for (const one of group) void runBatch(tenant, [one]);
    else for (const { reject } of group) reject(error);
  }
}

async function completeBatch(tx: Tx, tenantId: string, group: BatchEntry[]) {
  const requests = group.map(({ one, password: { changedAt, budget, counters } }) => ({
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
  const [row] = await statementIn<{ answer: OpenedSessions }>(
    tx,
    `select complete_together($1::uuid, string_to_array($2, ',')::uuid[], $3::text::json) as answer`,
    [tenantId, requests.map(({ userId }) => userId).join(), JSON.stringify(requests)],
  );
  return recordSessions(
    tx,
    tenantId,
    group.map(({ one }) => one),
    row?.answer,
  );
}
