import { and, desc, eq, gt, isNull, notInArray, type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { type Purpose, ssoFlows } from '@/db/schema/sso';
import { hashToken, isToken, randomToken, requireKey, sameBytes } from '@/lib/crypto';
import { readId } from '@/lib/ids';
import { LIFETIMES } from '@/lib/lifetimes';
import type { ProviderCheck, Reason } from '@/lib/sso/answer';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';
/** One round trip to a provider. It lives ten minutes and is used once. */
export type Flow = {
  id: string;
  connectionId: string;
  purpose: Purpose;
  returnTo: string | null;
  userId: string | null;
  requestId: string | null;
  createdAt: Date;
};

/** What a test has found, for the administrator who began it. */
export type TestReport = {
  ok: boolean;
  reason: Reason | null;
  checks: ProviderCheck[];
  received: Record<string, string>;
};

/** More of them than windows anybody keeps open; what a browser leaves lying does not pile up. */
const FLOWS_PER_BROWSER = 10;

const FLOW = {
  id: ssoFlows.id,
  connectionId: ssoFlows.connectionId,
  purpose: ssoFlows.purpose,
  returnTo: ssoFlows.returnTo,
  userId: ssoFlows.userId,
  requestId: ssoFlows.requestId,
  createdAt: ssoFlows.createdAt,
};

/** Begins a round trip, and promises it with the token that the browser's cookie `sso` is to hold; one it has is kept. */
export async function beginFlow(
  tenant: Tenant,
  connectionId: string,
  start: {
    purpose: Purpose;
    returnTo: string | null;
    userId: string | null;
    requestId: string | null;
    browser: string | undefined;
    /** What the answer will be compared with; takeFlow gives it back. */
    kept?: Record<string, string>;
  },
): Promise<{ flow: Flow; browser: string }> {
  const { browser: known, kept, ...rest } = start;
  const browser = isToken(known) ? known : randomToken();
  const flow = await withTenant(tenant.id, async (tx) => {
    const browserHash = hashToken(browser);
    const [made] = await tx
      .insert(ssoFlows)
      .values({
        ...rest,
        tenantId: tenant.id,
        connectionId,
        browserHash,
        result: kept,
        expiresAt: sql`now() + make_interval(secs => ${inSeconds(LIFETIMES.ssoFlow)})`,
      })
      .returning(FLOW);
    const mine = and(eq(ssoFlows.tenantId, tenant.id), eq(ssoFlows.browserHash, browserHash), isNull(ssoFlows.usedAt));
    const newest = tx
      .select({ id: ssoFlows.id })
      .from(ssoFlows)
      .where(mine)
      .orderBy(desc(ssoFlows.createdAt), desc(ssoFlows.id))
      .limit(FLOWS_PER_BROWSER);
    await tx.delete(ssoFlows).where(and(mine, notInArray(ssoFlows.id, newest)));
    return made;
  });
  if (!flow) throw new Error('no flow was begun');
  return { flow, browser };
}

/** Promises the flow of a request that this browser began, unused and in time, or why not. Looking changes nothing. */
export async function findFlow(
  tenant: Tenant,
  { requestId, browser }: { requestId: string; browser: string | undefined },
): Promise<Flow | Reason> {
  const [row] = await withTenant(tenant.id, (tx) => selectFlow(tx, tenant.id, eq(ssoFlows.requestId, requestId)));
  if (!row) return 'flow-missing';
  const { browserHash, used, expired, ...flow } = row;
  if (!isFlowBrowser(browser, browserHash)) return 'other-browser';
  if (used) return 'flow-used';
  return expired ? 'flow-expired' : flow;
}

/** Returns why no answer to a request is awaited, or undefined if one is. Changes nothing. */
export async function findPendingRefusal(tenant: Tenant, requestId: string) {
  const [row] = await withTenant(tenant.id, (tx) => selectFlow(tx, tenant.id, eq(ssoFlows.requestId, requestId)));
  if (!row) return 'flow-missing';
  if (row.used) return 'flow-used';
  return row.expired ? 'flow-expired' : undefined;
}

/**
 * Uses a flow, once: of twenty answers to one request, one. Throws Unavailable where another key
 * sealed it.
 */
export async function consumeFlow(
  tx: Tx,
  tenant: Tenant,
  requestId: string,
): Promise<(Flow & { browserHash: Buffer; kept: unknown }) | 'flow-missing' | 'flow-used' | 'flow-expired'> {
  const [taken] = await tx
    .update(ssoFlows)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(ssoFlows.tenantId, tenant.id),
        eq(ssoFlows.requestId, requestId),
        isNull(ssoFlows.usedAt),
        gt(ssoFlows.expiresAt, sql`now()`),
      ),
    )
    .returning({ ...FLOW, browserHash: ssoFlows.browserHash, kept: ssoFlows.result });
  if (taken) {
    // Thrown inside the transaction, so that the flow stays unused for an instance that has the
    // key.
    const { keyId } = (taken.kept ?? {}) as { keyId?: unknown };
    if (typeof keyId === 'string') requireKey(keyId);
    return taken;
  }
  const [row] = await selectFlow(tx, tenant.id, eq(ssoFlows.requestId, requestId));
  if (!row) return 'flow-missing';
  return row.used ? 'flow-used' : 'flow-expired';
}

/** Promises a one-time ticket for what the answer proved. `seconds` is how long it waits for the browser's own next request. */
export async function stampTicket(tx: Tx, tenant: Tenant, flowId: string, result: unknown, seconds = 60) {
  const ticket = randomToken();
  await tx
    .update(ssoFlows)
    .set({ ticketHash: hashToken(ticket), ticketUntil: sql`now() + make_interval(secs => ${seconds})`, result })
    .where(and(eq(ssoFlows.tenantId, tenant.id), eq(ssoFlows.id, flowId)));
  return ticket;
}

/** Takes a ticket, once, in the browser whose flow it is; `connectionId` tells with a failure whose it would have been. */
export async function redeemTicket(
  tenant: Tenant,
  ticket: string | null | undefined,
  browser: string | undefined,
): Promise<{ ok: true; flow: Flow; result: unknown } | { ok: false; reason: Reason; connectionId: string | null }> {
  const refused = (reason: Reason, connectionId: string | null = null) =>
    ({ ok: false, reason, connectionId }) as const;
  if (!isToken(ticket)) return refused('flow-missing');
  return withTenant(tenant.id, async (tx) => {
    const holds = and(eq(ssoFlows.tenantId, tenant.id), eq(ssoFlows.ticketHash, hashToken(ticket)));
    const [row] = await tx
      .select({
        ...FLOW,
        browserHash: ssoFlows.browserHash,
        result: ssoFlows.result,
        late: sql<boolean>`${ssoFlows.ticketUntil} <= now()`,
      })
      .from(ssoFlows)
      .where(holds)
      .for('update');
    if (!row) return refused('flow-used');
    const { browserHash, result, late, ...flow } = row;
    if (!isFlowBrowser(browser, browserHash)) return refused('other-browser', flow.connectionId);
    if (late) return refused('flow-expired', flow.connectionId);
    await tx.update(ssoFlows).set({ ticketHash: null, ticketUntil: null, result: null }).where(holds);
    return { ok: true, flow, result } as const;
  });
}

/** Keeps what a test has found, as long as the flow's row is kept. */
export async function saveReport(tenant: Tenant, flowId: string, report: TestReport) {
  await withTenant(tenant.id, (tx) =>
    tx
      .update(ssoFlows)
      .set({ result: report, usedAt: sql`coalesce(${ssoFlows.usedAt}, now())` })
      .where(and(eq(ssoFlows.tenantId, tenant.id), eq(ssoFlows.id, flowId), eq(ssoFlows.purpose, 'test'))),
  );
}

/** Promises a test's report to the administrator who began it; undefined to everybody else, and before there is one. */
export async function findReport(
  tenant: Tenant,
  asked: string,
  userId: string,
): Promise<{ flow: Flow; report: TestReport } | undefined> {
  const flowId = readId(asked);
  if (!flowId) return undefined;
  const [row] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ ...FLOW, result: ssoFlows.result })
      .from(ssoFlows)
      .where(
        and(
          eq(ssoFlows.tenantId, tenant.id),
          eq(ssoFlows.id, flowId),
          eq(ssoFlows.purpose, 'test'),
          eq(ssoFlows.userId, userId),
        ),
      ),
  );
  if (!row || !isReport(row.result)) return undefined;
  const { result, ...flow } = row;
  return { flow, report: result };
}

/** Promises whether the cookie is that of the browser which began the flow. Pure. */
export function isFlowBrowser(browser: string | undefined, browserHash: Buffer) {
  return isToken(browser) && sameBytes(hashToken(browser), browserHash);
}

/** Until there is a report, what was kept for the answer stands in its place. */
function isReport(result: unknown): result is TestReport {
  return typeof result === 'object' && result !== null && 'checks' in result;
}

function selectFlow(tx: Tx, tenantId: string, which: SQL) {
  return tx
    .select({
      ...FLOW,
      browserHash: ssoFlows.browserHash,
      used: sql<boolean>`${ssoFlows.usedAt} is not null`,
      expired: sql<boolean>`${ssoFlows.expiresAt} <= now()`,
    })
    .from(ssoFlows)
    .where(and(eq(ssoFlows.tenantId, tenantId), which));
}
