import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import type { Policy } from '@/lib/policies/policy';
import type { NextSignInStep } from '@/lib/sign-in/with-password';
import type { Reason } from '@/lib/sso/answer';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { requestIdOf } from '@/lib/sso/oidc/start';
import type { OidcConnection } from '@/lib/sso/oidc/through-auth';
import { verifyCallback } from '@/lib/sso/oidc/verify-callback';
import { confirmUser } from '@/lib/sso/sign-in/confirm';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { consumeFlow, type Flow, findFlow, isFlowBrowser } from '@/lib/sso/sign-in/flows';
import { reasonOf, reportTest } from '@/lib/sso/sign-in/report';
import { signInIdentity } from '@/lib/sso/sign-in/sign-in-identity';
import type { Tenant } from '@/lib/tenants/tenants';

type CallbackBrowser = { token: string | undefined; sessionId: string | undefined };

/**
 * Finishes a round trip that startOidc started, from the query of the callback. Returns the next
 * step of the sign-in, or the address of a failure, a test's report or a confirmation.
 */
export async function finishOidc(
  tenant: Tenant,
  policy: Policy,
  connectionId: string,
  { query, browser }: { query: URLSearchParams; browser: CallbackBrowser },
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
    return redirectTo(await confirmUser(tenant, connection, { flow, sessionId: browser.sessionId }, answer, cause));
  const outcome = await signInIdentity(tenant, policy, connection, { identity, returnTo: flow.returnTo }, cause);
  if (outcome.ok) return outcome;
  return redirectTo(
    failureAddress(
      await recordRefusal(tenant, connection, { reason: reasonOf(outcome.reason, checks), received }, cause),
    ),
  );
}

type ConsumedFlow = Flow & { kept: unknown };

/** Consumes the flow that this browser started, or returns why not. Other flows stay unused. */
async function consumeOwnFlow(
  tenant: Tenant,
  connection: OidcConnection,
  query: URLSearchParams,
  browser: string | undefined,
): Promise<ConsumedFlow | Reason> {
  const state = single(query, 'state');
  if (!state) return 'flow-missing';
  const requestId = requestIdOf(state);
  const pending = await findFlow(tenant, { requestId, browser });
  if (typeof pending === 'string') return pending;
  if (pending.connectionId !== connection.id) return 'other-connection';
  if (!isAvailableFor(tenant, connection, pending.purpose)) return 'disabled';
  const flow = await withTenant(tenant.id, (tx) => consumeFlow(tx, tenant.id, requestId));
  if (typeof flow === 'string') return flow;
  return isFlowBrowser(browser, flow.browserHash) ? flow : 'other-browser';
}

/** Refuses an answer that no request of this browser asked for. */
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
