import type { Answer, Check } from '@/lib/sso/answer';
import { matchOnly } from '@/lib/sso/arrive';
import type { Connection } from '@/lib/sso/connections';
import { type Flow, type Report, saveReport } from '@/lib/sso/flows';
import { noteTested } from '@/lib/sso/states';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Ends a test's round trip: keeps what was found, the user it would sign in among it, and promises the page that shows it.
 * No session comes of it. A connection whose test went well in every step is tested.
 */
export async function reportTest(tenant: Tenant, connection: Connection, flow: Pick<Flow, 'id'>, answer: Answer) {
  const report = await judge(tenant, connection, answer);
  await saveReport(tenant, flow.id, report);
  if (report.ok) await noteTested(tenant, connection.id);
  return reportAddress(connection.id, flow.id);
}

/** Where the administrator who began a test reads what it has found. */
export function reportAddress(connectionId: string, flowId: string) {
  return `/admin/single-sign-on/${connectionId}/test?flow=${flowId}`;
}

async function judge(tenant: Tenant, connection: Connection, answer: Answer): Promise<Report> {
  const { checks, received } = answer;
  if (!answer.ok) return { ok: false, reason: answer.reason, checks, received };
  const match = await matchOnly(tenant, connection, answer.identity);
  const named = answer.identity.email ? { email: answer.identity.email } : undefined;
  const user: Check =
    typeof match === 'string'
      ? { name: 'user', ok: false, detail: { ...named, reason: match } }
      : { name: 'user', ok: true, detail: { ...named, name: match.name, created: String(match.userId === null) } };
  return {
    ok: user.ok && checks.every((check) => check.ok),
    reason: typeof match === 'string' ? match : null,
    checks: [...checks, user],
    received,
  };
}
