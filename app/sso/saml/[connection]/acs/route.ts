import { withDatabase } from '@/lib/request/api';
import { setCookie } from '@/lib/request/cookies';
import { anyone, currentCause } from '@/lib/request/current';
import { requestedPath } from '@/lib/request/return-to';
import { sendToProvider } from '@/lib/request/send-to-provider';
import { isOversized } from '@/lib/request/store';
import { findSamlConnection } from '@/lib/sso/saml/party';
import { type NextDestination, receiveAnswer } from '@/lib/sso/saml/receive';
import { BUSY, receivePosted } from '@/lib/sso/sign-in/posted';

/** Assertion consumer service: receives a SAML response by form POST. */
export function POST(request: Request, { params }: { params: Promise<{ connection: string }> }) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const connection = await findSamlConnection(tenant, (await params).connection);
    if (!connection) return new Response('404\n', { status: 404 });
    const cause = await currentCause(null);
    const sent = await receivePosted<NextDestination>(tenant, cause, BUSY, async () => {
      const form = isOversized() ? null : new URLSearchParams(await request.text());
      const [answer = '', ...more] = form?.getAll('SAMLResponse') ?? [];
      const encoded = form && (more.length === 0 ? answer : '');
      return receiveAnswer(tenant, connection, encoded, requestedPath(form?.get('RelayState')), cause);
    });
    if (sent.browser) await setCookie('sso', sent.browser);
    return sendToProvider(sent);
  });
}

/** Redirects a reload, which posts nothing, to the sign-in page. */
export async function GET() {
  await anyone();
  return new Response(null, { status: 303, headers: { location: '/sign-in' } });
}
