import type { Connection } from '@/lib/sso/connections';
import type { Purpose } from '@/lib/sso/flows';
import type { Tenant } from '@/lib/tenants/tenants';

type Start = { purpose: Purpose; returnTo: string | null; userId: string | null; browser: string | undefined };

/** Begins a round trip, and promises where the browser goes and the token for its cookie. */
export async function startSaml(
  _tenant: Tenant,
  _connection: Extract<Connection, { protocol: 'saml' }>,
  _start: Start,
): Promise<{ address: string; browser: string }> {
  throw new Error('not built yet');
}
