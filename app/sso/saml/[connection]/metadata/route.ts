import { withDatabase } from '@/lib/request/api';
import { anyone } from '@/lib/request/current';
import { isAvailableFor } from '@/lib/sso/connections/connections';
import { ourMetadata } from '@/lib/sso/saml/our-metadata';
import { findSamlConnection } from '@/lib/sso/saml/party';

/** Our SAML metadata for a connection: public, and needed to set up a draft. */
export function GET(_request: Request, { params }: { params: Promise<{ connection: string }> }) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const connection = await findSamlConnection(tenant, (await params).connection);
    if (!connection || !isAvailableFor(tenant, connection, 'test')) return new Response('404\n', { status: 404 });
    const headers = { 'content-type': 'application/samlmetadata+xml; charset=utf-8' };
    return new Response(ourMetadata(tenant, connection), { headers });
  });
}
