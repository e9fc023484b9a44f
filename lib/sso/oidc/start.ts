import type { Cause } from '@/lib/audit/record';
import { hashToken } from '@/lib/crypto';
import type { ProviderCheck } from '@/lib/sso/answer';
import { readSecret } from '@/lib/sso/connections/connections';
import { providerDeadline } from '@/lib/sso/guarded-fetch';
import { discover, type ProviderFailure } from '@/lib/sso/oidc/discovery';
import { type OidcConnection, startAuthorization } from '@/lib/sso/oidc/through-auth';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { beginFlow } from '@/lib/sso/sign-in/flows';
import { reportAddress } from '@/lib/sso/sign-in/report';
import { saveReport } from '@/lib/sso/sign-in/test-reports';
import type { Tenant } from '@/lib/tenants/tenants';

type OidcStart = {
  purpose: 'sign-in' | 'test' | 'confirm';
  returnTo: string | null;
  userId: string | null;
  browser: string | undefined;
};

/**
 * Starts a round trip to a provider. Returns the address for the browser and the token for its
 * cookie `sso`. If discovery fails, the address is that of the failure or of the test's report.
 */
export async function startOidc(
  tenant: Tenant,
  connection: OidcConnection,
  start: OidcStart,
  cause: Cause,
): Promise<{ address: string; browser: string | undefined }> {
  const signal = providerDeadline();
  const checks: ProviderCheck[] = [];
  const fresh = start.purpose === 'test';
  const found = await discover(connection, { signal, fresh, checks });
  if (!found.ok) return refuseStart(tenant, connection, { start, checks }, found, cause);
  const secret = await readSecret(tenant, connection.id);
  const party = { tenant, connection, secret, discovery: found.discovery };
  const { address, state, kept } = await startAuthorization(party, signal, { fresh: start.purpose === 'confirm' });
  const { browser } = await beginFlow(tenant, connection.id, { ...start, requestId: requestIdOf(state), kept });
  return { address, browser };
}

/** Returns the request ID of a flow for its state, which is stored only hashed. */
export function requestIdOf(state: string) {
  return hashToken(state).toString('base64url');
}

async function refuseStart(
  tenant: Tenant,
  connection: OidcConnection,
  { start, checks }: { start: OidcStart; checks: ProviderCheck[] },
  { reason, received }: ProviderFailure,
  cause: Cause,
) {
  if (start.purpose !== 'test') {
    const code = await recordRefusal(tenant, connection, { reason, received }, cause);
    return { address: failureAddress(code), browser: start.browser };
  }
  const { flow, browser } = await beginFlow(tenant, connection.id, { ...start, requestId: null });
  await saveReport(tenant, flow.id, { ok: false, reason, checks, received });
  return { address: reportAddress(connection.id, flow.id), browser };
}
