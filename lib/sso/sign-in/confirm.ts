import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { ssoLinks } from '@/db/schema/sso';
import type { Cause } from '@/lib/audit/record';
import { noteProof } from '@/lib/sessions/proof';
import type { Identity, ProviderAnswer, Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import type { Connection } from '@/lib/sso/connections/connections';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import type { Flow } from '@/lib/sso/sign-in/flows';
import type { Tenant } from '@/lib/tenants/tenants';

/** Where a user whose identity the provider has confirmed goes. */
const CONFIRMED = '/confirm-identity?done';

/**
 * Finishes a round trip in which a signed-in user proves who they are at their identity provider.
 * Returns where the browser goes: to the page that says so, or with a failure's code. It opens no
 * session; the provider must have had them sign in again.
 */
export async function confirmUser(
  tenant: Tenant,
  connection: Connection,
  { flow, sessionId }: { flow: Flow; sessionId: string | undefined },
  answer: ProviderAnswer,
  cause: Cause,
) {
  const { received } = answer;
  const refused = async (reason: Reason) =>
    failureAddress(await recordRefusal(tenant, connection, { reason, received }, cause));
  if (!answer.ok) return refused(answer.reason);
  const { identity } = answer;
  const reason = await findRefusal(tenant, connection, flow, identity, cause.actorId);
  if (reason || !sessionId) return refused(reason ?? 'other-person');
  await withTenant(tenant.id, (tx) => noteProof(tx, tenant.id, sessionId, identity.authenticatedAt));
  return CONFIRMED;
}

async function findRefusal(
  tenant: Tenant,
  connection: Connection,
  flow: Flow,
  { issuer, subject, authenticatedAt }: Identity,
  userId: string | null,
): Promise<Reason | undefined> {
  const [link] = await withTenant(tenant.id, (tx) =>
    tx
      .select({ userId: ssoLinks.userId })
      .from(ssoLinks)
      .where(
        and(
          eq(ssoLinks.tenantId, tenant.id),
          eq(ssoLinks.connectionId, connection.id),
          eq(ssoLinks.issuer, issuer),
          eq(ssoLinks.subject, subject),
        ),
      ),
  );
  if (!userId || userId !== flow.userId || link?.userId !== userId) return 'other-person';
  // A provider session that began before the request does not prove who is at the browser now.
  return authenticatedAt && authenticatedAt >= flow.createdAt.getTime() - CLOCK_SKEW ? undefined : 'not-fresh';
}
