import { and, eq, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { ssoFlows } from '@/db/schema/sso';
import { readId } from '@/lib/ids';
import type { ProviderCheck, Reason } from '@/lib/sso/answer';
import { FLOW, type Flow } from '@/lib/sso/sign-in/flows';
import type { Tenant } from '@/lib/tenants/tenants';

/** The result of a test, for the administrator who started it. */
export type TestReport = {
  ok: boolean;
  reason: Reason | null;
  checks: ProviderCheck[];
  received: Record<string, string>;
};

/** Stores the result of a test in its flow. */
export async function saveReport(tenant: Tenant, flowId: string, report: TestReport) {
  await withTenant(tenant.id, (tx) =>
    tx
      .update(ssoFlows)
      .set({ result: report, usedAt: sql`coalesce(${ssoFlows.usedAt}, now())` })
      .where(and(eq(ssoFlows.tenantId, tenant.id), eq(ssoFlows.id, flowId), eq(ssoFlows.purpose, 'test'))),
  );
}

/** Returns a test's report to the administrator who started it; undefined before there is one. */
export async function findReport(
  tenant: Tenant,
  flowIdText: string,
  userId: string,
): Promise<{ flow: Flow; report: TestReport } | undefined> {
  const flowId = readId(flowIdText);
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

/** Before there is a report, the column holds what the answer is compared with. */
function isReport(result: unknown): result is TestReport {
  return typeof result === 'object' && result !== null && 'checks' in result;
}
