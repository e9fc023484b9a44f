import { redirect } from 'next/navigation';
import { within } from '@/lib/rate-limit/limiter';
import { readCookie, setCookie } from '@/lib/request/cookies';
import { anyone, currentCause, currentOrigin, requireUser } from '@/lib/request/current';
import { requestedPath } from '@/lib/request/return-to';
import { sendToProvider } from '@/lib/request/send-to-provider';
import { isFromElsewhere, isInteraction } from '@/lib/request/store';
import { signInPath } from '@/lib/sessions/sign-in-path';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { startOidc } from '@/lib/sso/oidc/start';
import { startSaml } from '@/lib/sso/saml/start';
import { failureAddress, recordRefusal } from '@/lib/sso/sign-in/failures';
import { tenantOrigin } from '@/lib/tenants/tenants';

/**
 * Sends a user to an identity provider because they selected its button here. Another site's link
 * leads to the button.
 */
export async function GET(request: Request, { params }: { params: Promise<{ connection: string }> }) {
  const { tenant, viewer } = await anyone();
  const { searchParams } = new URL(request.url);
  if (isFromElsewhere(request) || !isInteraction()) redirect('/sign-in');
  // The provider knows one address of ours, and this browser's cookie must be of the same.
  if ((await currentOrigin()) !== tenantOrigin(tenant)) redirect(`${tenantOrigin(tenant)}/sign-in`);
  const requested = searchParams.get('purpose');
  const purpose = requested === 'test' || requested === 'confirm' ? requested : 'sign-in';
  if (purpose === 'test') await requireUser('single-sign-on');
  if (purpose === 'confirm') await requireUser();

  const connection = await findConnection(tenant, (await params).connection);
  if (!connection) redirect('/sign-in');
  const cause = await currentCause(viewer?.user.id ?? null);
  if (!isAvailableFor(tenant, connection, purpose)) {
    const code = await recordRefusal(
      tenant,
      connection,
      { reason: 'disabled', received: {}, unsolicited: true },
      cause,
    );
    redirect(failureAddress(code));
  }
  const start = {
    purpose,
    returnTo: requestedPath(searchParams.get('return_to')),
    userId: viewer?.user.id ?? null,
    browser: await readCookie('sso'),
  } as const;
  const started = await within(
    'sso',
    [tenant.id, cause.address],
    async () =>
      connection.protocol === 'oidc'
        ? startOidc(tenant, connection, start, cause)
        : startSaml(tenant, connection, start),
    () => redirect(signInPath('sso-busy')),
  );
  if (started.browser) await setCookie('sso', started.browser);
  return sendToProvider(started);
}
