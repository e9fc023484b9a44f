import { and, desc, eq, gt, isNull, notInArray, type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { type Purpose, ssoFlows } from '@/db/schema/sso';
import { hashToken, isToken, randomToken, requireKey, sameBytes } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import type { Reason } from '@/lib/sso/answer';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';

/** One round trip to a provider. It expires after ten minutes and is used once. */
export type Flow = {
  id: string;
  connectionId: string;
  purpose: Purpose;
  returnTo: string | null;
  userId: string | null;
  requestId: string | null;
  createdAt: Date;
};

/** Unused flows kept per browser; older ones are deleted. */
const FLOWS_PER_BROWSER = 10;

export const FLOW = {
  id: ssoFlows.id,
  connectionId: ssoFlows.connectionId,
  purpose: ssoFlows.purpose,
  returnTo: ssoFlows.returnTo,
  userId: ssoFlows.userId,
  requestId: ssoFlows.requestId,
  createdAt: ssoFlows.createdAt,
};

/** Starts a round trip. Returns it with the token for the browser's cookie `sso`. */
export async function beginFlow(
  tenant: Tenant,
  connectionId: string,
  start: {
    purpose: Purpose;
    returnTo: string | null;
    userId: string | null;
    requestId: string | null;
    browser: string | undefined;
    /** What the answer is compared with; consumeFlow returns it. */
    kept?: Record<string, string>;
  },
): Promise<{ flow: Flow; browser: string }> {
  const { browser: known, kept, ...rest } = start;
  const browser = isToken(known) ? known : randomToken();
  const flow = await withTenant(tenant.id, async (tx) => {
    const browserHash = hashToken(browser);
    const [flow] = await tx
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
    const own = and(eq(ssoFlows.tenantId, tenant.id), eq(ssoFlows.browserHash, browserHash), isNull(ssoFlows.usedAt));
    const newest = tx
      .select({ id: ssoFlows.id })
      .from(ssoFlows)
      .where(own)
      .orderBy(desc(ssoFlows.createdAt), desc(ssoFlows.id))
      .limit(FLOWS_PER_BROWSER);
    await tx.delete(ssoFlows).where(and(own, notInArray(ssoFlows.id, newest)));
    return flow;
  });
  if (!flow) throw new Error('no flow was inserted');
  return { flow, browser };
}

/** Returns this browser's unused flow for a request, or why there is none. Changes nothing. */
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

/** Returns why no answer to a request is expected, or undefined if one is. Changes nothing. */
export async function findPendingRefusal(tenant: Tenant, requestId: string) {
  const [row] = await withTenant(tenant.id, (tx) => selectFlow(tx, tenant.id, eq(ssoFlows.requestId, requestId)));
  if (!row) return 'flow-missing';
  if (row.used) return 'flow-used';
  return row.expired ? 'flow-expired' : undefined;
}

/**
 * Marks a flow as used and returns it, or why it cannot be used. Of concurrent answers to one
 * request, one succeeds. Throws Unavailable if this instance lacks the key that sealed it.
 */
export async function consumeFlow(
  tx: Tx,
  tenantId: string,
  requestId: string,
): Promise<(Flow & { browserHash: Buffer; kept: unknown }) | 'flow-missing' | 'flow-used' | 'flow-expired'> {
  const [used] = await tx
    .update(ssoFlows)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(ssoFlows.tenantId, tenantId),
        eq(ssoFlows.requestId, requestId),
        isNull(ssoFlows.usedAt),
        gt(ssoFlows.expiresAt, sql`now()`),
      ),
    )
    .returning({ ...FLOW, browserHash: ssoFlows.browserHash, kept: ssoFlows.result });
  if (used) {
    // Thrown inside the transaction: the flow stays unused for an instance that has the key.
    const { keyId } = (used.kept ?? {}) as { keyId?: unknown };
    if (typeof keyId === 'string') requireKey(keyId);
    return used;
  }
  const [row] = await selectFlow(tx, tenantId, eq(ssoFlows.requestId, requestId));
  if (!row) return 'flow-missing';
  return row.used ? 'flow-used' : 'flow-expired';
}

/** Returns whether a cookie belongs to the browser that started the flow. */
export function isFlowBrowser(browser: string | undefined, browserHash: Buffer) {
  return isToken(browser) && sameBytes(hashToken(browser), browserHash);
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
