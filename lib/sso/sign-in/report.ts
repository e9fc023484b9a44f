import type { ProviderAnswer, ProviderCheck, Reason } from '@/lib/sso/answer';
import type { Connection } from '@/lib/sso/connections/connections';
import { markTested } from '@/lib/sso/connections/states';
import { DIAGNOSES, withOurSkew } from '@/lib/sso/sign-in/diagnosis';
import type { Flow } from '@/lib/sso/sign-in/flows';
import { previewMatch } from '@/lib/sso/sign-in/match-user';
import { saveReport, type TestReport } from '@/lib/sso/sign-in/test-reports';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Ends a test: keeps what was found, including the user it would sign in, and returns the page that
 * shows it. Opens no session. A connection whose test passed every check is tested.
 */
export async function reportTest(
  tenant: Tenant,
  connection: Connection,
  flow: Pick<Flow, 'id'>,
  answer: ProviderAnswer,
) {
  const report = await buildReport(tenant, connection, answer);
  await saveReport(tenant, flow.id, report);
  if (report.ok) await markTested(tenant, connection.id);
  return reportAddress(connection.id, flow.id);
}

/** Where the administrator who began a test reads what it has found. */
export function reportAddress(connectionId: string, flowId: string) {
  return `/admin/single-sign-on/${connectionId}/test?flow=${flowId}`;
}

/**
 * Returns the reason for a refusal: where userinfo failed, what it should have said is missing
 * because of that.
 */
export function reasonOf(reason: Reason, checks: ProviderCheck[]): Reason {
  const isLack = reason === 'email-missing' || reason === 'email-unverified';
  return isLack && checks.some(({ name, ok }) => name === 'userinfo' && !ok) ? 'userinfo' : reason;
}

async function buildReport(tenant: Tenant, connection: Connection, answer: ProviderAnswer): Promise<TestReport> {
  const { checks, received } = answer;
  if (!answer.ok) return { ok: false, reason: answer.reason, checks, received: withOurSkew(answer.reason, received) };
  const match = await previewMatch(tenant, connection, answer.identity);
  const email: Record<string, string> = answer.identity.email ? { email: answer.identity.email } : {};
  if (typeof match === 'string') {
    const reason = reasonOf(match, checks);
    return { ok: false, reason, checks: markFailed(checks, reason, email), received };
  }
  const detail = { ...email, name: match.name, created: String(match.userId === null) };
  const inside: ProviderCheck[] =
    connection.emailDomains.length > 0 && !match.linked ? [{ name: 'domains', ok: true, detail: email }] : [];
  const all: ProviderCheck[] = [...checks, ...inside, { name: 'user', ok: true, detail }];
  // Userinfo that failed was not needed where the user is linked already.
  const ok = all.every((check) => check.ok || (match.linked && check.name === 'userinfo'));
  return { ok, reason: ok ? null : 'userinfo', checks: all, received };
}

/**
 * Marks the check that a reason belongs to as failed, and adds it where nothing has looked at it
 * before.
 */
function markFailed(checks: ProviderCheck[], reason: Reason, email: Record<string, string>): ProviderCheck[] {
  const { check: name } = DIAGNOSES[reason];
  if (!name) return checks;
  const failed: ProviderCheck = { name, ok: false, detail: { ...email, reason } };
  const at = checks.findLastIndex((check) => check.name === name);
  if (at < 0) return [...checks, failed];
  return checks.with(at, { ...failed, detail: { ...checks[at]?.detail, reason } });
}
