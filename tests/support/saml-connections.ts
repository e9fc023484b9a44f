import type { SamlSettings } from '@/db/schema/sso-settings';
import type { Cause } from '@/lib/audit/record';
import { createConnection, type NewConnection } from '@/lib/sso/connections/change';
import { type Connection, findConnection } from '@/lib/sso/connections/connections';
import { readMetadata } from '@/lib/sso/saml/metadata';
import type { Tenant } from '@/lib/tenants/tenants';
import { admin } from '@/tests/support/clock';
import { samlKeys } from '@/tests/support/saml-answers';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

type More = Partial<Omit<NewConnection, 'protocol' | 'settings'>> & {
  state?: Connection['state'];
  enabled?: boolean;
  settings?: Partial<SamlSettings>;
};

/** Creates a SAML connection from a provider's metadata, in a state. */
export async function newSamlConnection(
  tenant: Tenant,
  provider: { metadata(): string; metadataUrl: string },
  { state = 'beside', enabled = true, settings = {}, ...more }: More = {},
) {
  const read = readMetadata(provider.metadata());
  if (!read.ok) throw new Error(`no metadata: ${read.error}`);
  const { entityId, ...known } = read.metadata;
  const { privateKey, certificate } = await samlKeys();
  const made = await createConnection(
    tenant,
    {
      protocol: 'saml',
      label: 'Sign in with Copper SAML',
      issuer: entityId,
      settings: {
        ...known,
        metadataUrl: provider.metadataUrl,
        metadataFetchedAt: new Date().toISOString(),
        metadataError: null,
        ourCertificate: certificate,
        responseSigned: false,
        emailAttribute: null,
        idpInitiated: false,
        logout: true,
        ...settings,
      },
      secret: privateKey,
      secretExpiresAt: null,
      createUsers: false,
      createRole: 'agent',
      ...more,
    },
    cause,
  );
  if (!made.ok) throw new Error(`no connection: ${made.error}`);
  await admin()`
    update sso_connections set state = ${state}, enabled = ${enabled}, tested_at = now(), administrator_at = now()
    where id = ${made.id}`;
  const connection = await findConnection(tenant, made.id);
  if (connection?.protocol !== 'saml') throw new Error('the connection is gone');
  return connection;
}
