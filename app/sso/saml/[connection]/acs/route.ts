import { withDatabase } from '@/lib/request/api';
import { setCookie } from '@/lib/request/cookies';
import { anyone, currentCause } from '@/lib/request/current';
import { askedPath } from '@/lib/request/return-to';
import { findSamlConnection } from '@/lib/sso/saml/party';
import { receiveAnswer } from '@/lib/sso/saml/receive';

/** Where a SAML provider has the browser post its answer to. */
export function POST(request: Request, { params }: { params: Promise<{ connection: string }> }) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const connection = await findSamlConnection(tenant, (await params).connection);
    if (!connection) return new Response('404\n', { status: 404 });
    const form = new URLSearchParams(await request.text());
    const [answer = '', ...more] = form.getAll('SAMLResponse');
    const returnTo = askedPath(form.get('RelayState'));
    const encoded = more.length === 0 ? answer : '';
    const sent = await receiveAnswer(tenant, connection, encoded, returnTo, await currentCause(null));
    if (sent.browser) await setCookie('sso', sent.browser);
    return new Response(null, { status: 303, headers: { location: sent.address } });
  });
}

/** Somebody reloads or types the address: nothing was sent, so there is nothing to say but where to begin. */
export async function GET() {
  await anyone();
  return new Response(null, { status: 303, headers: { location: '/sign-in' } });
}
