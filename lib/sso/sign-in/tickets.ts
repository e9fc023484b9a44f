import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { ssoFlows } from '@/db/schema/sso';
import { hashToken, isToken, randomToken } from '@/lib/crypto';
import type { Reason } from '@/lib/sso/answer';
import { FLOW, type Flow, isFlowBrowser } from '@/lib/sso/sign-in/flows';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns a one-time ticket for `result`, which the browser must redeem within `seconds`. */
export async function issueTicket(tx: Tx, tenantId: string, flowId: string, result: unknown, seconds = 60) {
  const ticket = randomToken();
  await tx
    .update(ssoFlows)
    .set({ ticketHash: hashToken(ticket), ticketUntil: sql`now() + make_interval(secs => ${seconds})`, result })
    .where(and(eq(ssoFlows.tenantId, tenantId), eq(ssoFlows.id, flowId)));
  return ticket;
}

/** Redeems a ticket once, in the browser that started its flow. A failure names the connection. */
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
