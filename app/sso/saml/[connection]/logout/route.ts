import type { NextRequest } from 'next/server';
import { withDatabase } from '@/lib/request/api';
import { anyone, currentCause } from '@/lib/request/current';
import { sendToProvider } from '@/lib/request/send-to-provider';
import { isOversized, rawQuery } from '@/lib/request/store';
import { receiveLogout } from '@/lib/sso/saml/logout';
import { findSamlConnection } from '@/lib/sso/saml/party';
import { BUSY, receivePosted } from '@/lib/sso/sign-in/posted';

type LogoutContext = { params: Promise<{ connection: string }> };

/** SAML single logout, redirect binding: message and signature are in the query. */
export function GET(_request: NextRequest, context: LogoutContext) {
  return receive(context, async () => rawQuery());
}

/** SAML single logout, POST binding. */
export function POST(request: NextRequest, context: LogoutContext) {
  return receive(context, async () => (isOversized() ? null : new URLSearchParams(await request.text())));
}

function receive({ params }: LogoutContext, read: () => Promise<string | URLSearchParams | null>) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const connection = await findSamlConnection(tenant, (await params).connection);
    if (!connection) return new Response('404\n', { status: 404 });
    const cause = await currentCause(null);
    const receive = async () => receiveLogout(tenant, connection, await read(), cause);
    return sendToProvider(await receivePosted(tenant, cause, BUSY, receive));
  });
}
