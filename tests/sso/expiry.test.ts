import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { ssoConnections } from '@/db/schema/sso';
import type { OidcSettings, SamlSettings } from '@/db/schema/sso-settings';
import { listExpiries, remindOfExpiries } from '@/lib/sso/connections/expiry';
import { days } from '@/lib/time';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

const NOW = new Date('2026-03-01T12:00:00Z');
type Row = typeof ssoConnections.$inferInsert;

test('everything that ends one day, the nearest first', async () => {
  const tenant = await office();
  await connect(tenant.id, { label: 'Okta', settings: oidc(), secretExpiresAt: inDays(45) });
  await connect(tenant.id, {
    label: 'Entra',
    protocol: 'saml',
    settings: saml([inDays(100), inDays(-3)], inDays(3650)),
  });
  const found = await listExpiries(tenant, NOW);
  expect(found.map(({ label, what, days }) => `${label} ${what} ${days}`)).toEqual([
    'Entra certificate -3',
    'Okta secret 45',
    'Entra certificate 100',
    'Entra ourCertificate 3650',
  ]);
});

test('mails at 60, 30 and 7 days, each once, to every active administrator with an address', async () => {
  const tenant = await office();
  await newUser(tenant, { username: 'agent' });
  await newUser(tenant, { username: 'gone', role: 'administrator', status: 'disabled' });
  await newUser(tenant, { username: 'silent', role: 'administrator', email: null });
  await connect(tenant.id, { label: 'Okta', settings: oidc(), secretExpiresAt: inDays(70) });
  const told: string[] = [];
  for (const day of [0, 9, 10, 10.5, 11, 39, 40, 41, 62.9, 63, 63, 69, 70, 75]) {
    await Promise.all([remindOfExpiries(inDays(day)), remindOfExpiries(inDays(day))]);
    for (const mail of await takeMails(tenant.id)) told.push(`day ${day}: ${mail.what}, ${mail.days} left, ${mail.to}`);
  }
  expect(told).toEqual([
    'day 10: secret, 60 left, boss',
    'day 40: secret, 30 left, boss',
    'day 63: secret, 7 left, boss',
  ]);
});

test('what is found late has the one mail of the days that are left, and a new secret its own', async () => {
  const tenant = await office();
  const id = await connect(tenant.id, { label: 'Okta', settings: oidc(), secretExpiresAt: inDays(20) });
  await remindOfExpiries(NOW);
  expect((await takeMails(tenant.id)).map((mail) => mail.days)).toEqual([20]);
  await admin()`update sso_connections set secret_expires_at = ${inDays(25)} where id = ${id}`;
  await remindOfExpiries(NOW);
  expect((await takeMails(tenant.id)).map((mail) => mail.days)).toEqual([25]);
});

test('drafts, what is switched off and tenants without single sign-on are left in peace', async () => {
  const tenant = await office();
  await connect(tenant.id, { settings: oidc(), secretExpiresAt: inDays(5), state: 'draft' });
  await connect(tenant.id, { settings: oidc(), secretExpiresAt: inDays(5), enabled: false });
  const other = await newTenant();
  await newUser(other, { role: 'administrator' });
  await connect(other.id, { settings: oidc(), secretExpiresAt: inDays(5) });
  await remindOfExpiries(NOW);
  expect([...(await takeMails(tenant.id)), ...(await takeMails(other.id))]).toEqual([]);
});

async function office() {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  await newUser(tenant, { username: 'boss', role: 'administrator' });
  return tenant;
}

async function connect(tenantId: string, more: Partial<Row> & Pick<Row, 'settings'>) {
  const [row] = await withTenant(tenantId, (tx) =>
    tx
      .insert(ssoConnections)
      .values({
        tenantId,
        protocol: 'oidc',
        label: 'Acme',
        position: 1,
        issuer: 'https://id.example',
        state: 'beside',
        ...more,
      })
      .returning({ id: ssoConnections.id }),
  );
  return row?.id ?? '';
}

/** The mails that wait for a tenant's people, taken out of the queue. */
async function takeMails(tenantId: string) {
  const rows = await admin()<{ job: { userId: string; mail: { kind: string; what: string; days: number } } }[]>`
    delete from graphile_worker._private_jobs where payload ->> 'tenantId' = ${tenantId} returning payload as job`;
  const names = await admin()<
    { id: string; username: string }[]
  >`select id, username from users where tenant_id = ${tenantId}`;
  return rows
    .filter(({ job }) => job.mail.kind === 'sso-expiry')
    .map(({ job }) => ({ ...job.mail, to: names.find(({ id }) => id === job.userId)?.username }));
}

function oidc(): OidcSettings {
  return { clientId: 'portal', scopes: ['openid'], tokenAuth: 'client_secret_basic', entraTenant: null, logout: false };
}

function saml(provider: Date[], ours: Date): SamlSettings {
  const certificate = (notAfter: Date, index: number) => ({
    pem: '',
    notAfter: notAfter.toISOString(),
    fingerprint: `F${index}`,
  });
  return {
    metadataUrl: null,
    metadataFetchedAt: null,
    metadataError: null,
    signOnUrl: 'https://id.example/sso',
    logoutUrl: null,
    certificates: provider.map(certificate),
    ourCertificate: certificate(ours, 99),
    responseSigned: false,
    emailAttribute: null,
    idpInitiated: false,
    logout: false,
  };
}

function inDays(count: number) {
  return new Date(NOW.getTime() + days(count));
}
