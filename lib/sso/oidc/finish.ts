import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import type { Policy } from '@/lib/policies/policy';
import type { NextSignInStep } from '@/lib/sign-in/with-password';
import type { Reason } from '@/lib/sso/answer';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { verifyCallback } from '@/lib/sso/oidc/ask';
import { requestIdOf } from '@/lib/sso/oidc/start';
import type { OidcConnection } from '@/lib/sso/oidc/through-auth';
import { confirmUser } from '@/lib/sso/sign-in/confirm';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { consumeFlow, type Flow, findFlow, isFlowBrowser } from '@/lib/sso/sign-in/flows';
import { signInIdentity } from '@/lib/sso/sign-in/match-user';
import { reasonOf, reportTest } from '@/lib/sso/sign-in/report';
import type { Tenant } from '@/lib/tenants/tenants';

type CallbackBrowser = { token: string | undefined; sessionId: string | undefined };

/**
 * Finishes what startOidc began, with what the provider has sent the browser back with. Promises the next step of the
 * sign-in, or where the person goes instead: to the sign-in page with a failure's code, or to a test's report.
 */
export async function finishOidc(
  tenant: Tenant,
  policy: Policy,
  connectionId: string,
  query: URLSearchParams,
  browser: CallbackBrowser,
  cause: Cause,
): Promise<NextSignInStep | { ok: false; address: string }> {
  const connection = await findConnection(tenant, connectionId);
  if (connection?.protocol !== 'oidc') return redirectTo(await refuseUnsolicited(tenant, null, 'flow-missing', cause));
  const flow = await consumeOwnFlow(tenant, connection, query, browser.token);
  if (typeof flow === 'string') return redirectTo(await refuseUnsolicited(tenant, connection, flow, cause));
  const answer = await verifyCallback(tenant, connection, { kept: flow.kept, fresh: flow.purpose === 'test' }, query);
  if (flow.purpose === 'test') return redirectTo(await reportTest(tenant, connection, flow, answer));
  if (!answer.ok) return redirectTo(failureAddress(await recordRefusal(tenant, connection, answer, cause)));
  const { identity, received, checks } = answer;
  if (flow.purpose === 'confirm')
    return redirectTo(await confirmUser(tenant, connection, flow, answer, browser.sessionId, cause));
  const arrived = await signInIdentity(tenant, policy, connection, identity, flow.returnTo, cause);
  if (arrived.ok) return arrived;
  return redirectTo(
    failureAddress(
      await recordRefusal(tenant, connection, { reason: reasonOf(arrived.reason, checks), received }, cause),
    ),
  );
}

type ConsumedFlow = Flow & { kept: unknown };

/** The flow that this browser began with this connection, now used; or why there is none. Another's flow stays as it is. */
async function consumeOwnFlow(
  tenant: Tenant,
  connection: OidcConnection,
  query: URLSearchParams,
  browser: string | undefined,
): Promise<ConsumedFlow | Reason> {
  const state = single(query, 'state');
  if (!state) return 'flow-missing';
  const requestId = requestIdOf(state);
  const found = await findFlow(tenant, { requestId, browser });
  if (typeof found === 'string') return found;
  if (found.connectionId !== connection.id) return 'other-connection';
  if (!isAvailableFor(tenant, connection, found.purpose)) return 'disabled';
  const taken = await withTenant(tenant.id, (tx) => consumeFlow(tx, tenant, requestId));
  if (typeof taken === 'string') return taken;
  return isFlowBrowser(browser, taken.browserHash) ? taken : 'other-browser';
}

/** Refuses an answer to no request of this browser's. */
async function refuseUnsolicited(tenant: Tenant, connection: OidcConnection | null, reason: Reason, cause: Cause) {
  return failureAddress(await recordRefusal(tenant, connection, { reason, received: {}, unsolicited: true }, cause));
}

function single(query: URLSearchParams, name: string) {
  const all = query.getAll(name);
  return all.length === 1 ? all[0] : undefined;
}

function redirectTo(address: string) {
  return { ok: false, address } as const;
}
