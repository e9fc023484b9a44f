import { redirect } from 'next/navigation';
import { readCookie } from '@/lib/request/cookies';
import { anyone, currentCause } from '@/lib/request/current';
import { redirectAfter } from '@/lib/request/redirect-after';
import { signInPath } from '@/lib/sessions/sign-in-path';
import type { ProviderAnswer } from '@/lib/sso/answer';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { confirmUser } from '@/lib/sso/sign-in/confirm';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { reportTest } from '@/lib/sso/sign-in/report';
import { signInIdentity } from '@/lib/sso/sign-in/sign-in-identity';
import { redeemTicket } from '@/lib/sso/sign-in/tickets';

/** Redeems the ticket of a SAML response in the browser's own request, which carries the cookie. */
export async function GET(request: Request) {
  const { tenant, policy, viewer } = await anyone();
  const cause = await currentCause(viewer?.user.id ?? null);
  const redeemed = await redeemTicket(tenant, new URL(request.url).searchParams.get('t'), await readCookie('sso'));
  const connectionId = redeemed.ok ? redeemed.flow.connectionId : redeemed.connectionId;
  const connection = connectionId ? await findConnection(tenant, connectionId) : undefined;
  const fail = async (
    reason: Parameters<typeof recordRefusal>[2]['reason'],
    received: Record<string, string> = {},
    unsolicited = false,
  ) => redirect(failureAddress(await recordRefusal(tenant, connection, { reason, received, unsolicited }, cause)));

  if (!redeemed.ok) return fail(redeemed.reason, {}, true);
  if (!connection) return fail('flow-missing');
  const { flow } = redeemed;
  const answer = redeemed.result as ProviderAnswer;
  if (flow.purpose === 'logout') redirect(signInPath('signed-out'));
  if (!isAvailableFor(tenant, connection, flow.purpose)) return fail('disabled', answer.received);
  if (flow.purpose === 'test') redirect(await reportTest(tenant, connection, flow, answer));
  if (!answer.ok) return fail(answer.reason, answer.received);
  if (flow.purpose === 'confirm')
    redirect(await confirmUser(tenant, connection, { flow, sessionId: viewer?.session.id }, answer, cause));
  const outcome = await signInIdentity(
    tenant,
    policy,
    connection,
    { identity: answer.identity, returnTo: flow.returnTo },
    cause,
  );
  return outcome.ok ? redirectAfter(tenant, outcome) : fail(outcome.reason, answer.received);
}
