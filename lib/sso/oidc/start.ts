import type { Cause } from '@/lib/audit/record';
import { hashToken } from '@/lib/crypto';
import type { Check } from '@/lib/sso/answer';
import { secretOf } from '@/lib/sso/connections/connections';
import { providerDeadline } from '@/lib/sso/guarded-fetch';
import { discover, type Failed } from '@/lib/sso/oidc/discovery';
import { authorizationOf, type OidcConnection } from '@/lib/sso/oidc/through-auth';
import { failureAddress, refuse } from '@/lib/sso/sign-in/failures';
import { beginFlow, saveReport } from '@/lib/sso/sign-in/flows';
import { reportAddress } from '@/lib/sso/sign-in/report';
import type { Tenant } from '@/lib/tenants/tenants';

type Start = {
  purpose: 'sign-in' | 'test' | 'confirm';
  returnTo: string | null;
  userId: string | null;
  browser: string | undefined;
};

/**
 * Begins at a connection's provider. Promises the address to send the browser to, and the token that its cookie `sso` is to
 * hold. Where the provider says nothing of itself, the address is ours: with the failure's code, or the test's report.
 */
export async function startOidc(
  tenant: Tenant,
  connection: OidcConnection,
  start: Start,
  cause: Cause,
): Promise<{ address: string; browser: string | undefined }> {
  const signal = providerDeadline();
  const checks: Check[] = [];
  const fresh = start.purpose === 'test';
  const found = await discover(connection, { signal, fresh, checks });
  if (!found.ok) return giveUp(tenant, connection, start, found, checks, cause);
  const secret = await secretOf(tenant, connection.id);
  const party = { tenant, connection, secret, discovery: found.discovery };
  const { address, state, kept } = await authorizationOf(party, signal, { fresh: start.purpose === 'confirm' });
  const { browser } = await beginFlow(tenant, connection.id, { ...start, requestId: requestIdOf(state), kept });
  return { address, browser };
}

/** What a flow is found by again: the state is known to the provider and the browser alone. */
export function requestIdOf(state: string) {
  return hashToken(state).toString('base64url');
}

async function giveUp(
  tenant: Tenant,
  connection: OidcConnection,
  start: Start,
  { reason, received }: Failed,
  checks: Check[],
  cause: Cause,
) {
  if (start.purpose !== 'test') {
    const code = await refuse(tenant, connection, { reason, received }, cause);
    return { address: failureAddress(code), browser: start.browser };
  }
  const { flow, browser } = await beginFlow(tenant, connection.id, { ...start, requestId: null });
  await saveReport(tenant, flow.id, { ok: false, reason, checks, received });
  return { address: reportAddress(connection.id, flow.id), browser };
}
