import { createVerify } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SamlCertificate } from '@/db/schema/sso-settings';
import type { Cause } from '@/lib/audit/record';
import { discardNextKeys, prepareNextKeys, startNextKeys } from '@/lib/sso/saml/our-keys';
import { ourMetadata } from '@/lib/sso/saml/our-metadata';
import { findSamlConnection, loadParty, type SamlConnection } from '@/lib/sso/saml/party';
import { startSaml } from '@/lib/sso/saml/start';
import type { Tenant } from '@/lib/tenants/tenants';
import { eventsOf } from '@/tests/support/audit';
import { answerXml, encoded, encrypted, samlKeys, signed, verifyEncodedResponse } from '@/tests/support/saml-answers';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { startSamlIdp } from '@/tests/support/saml-idp';
import { newTenant } from '@/tests/support/users';

/** Our own keys change in two steps: the next certificate is published first and used later. */

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

async function place() {
  const idp = await startSamlIdp();
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const { id } = await newSamlConnection(tenant, idp);
  const now = async () => (await findSamlConnection(tenant, id)) as SamlConnection;
  return { idp, tenant, id, now };
}

const published = (tenant: Tenant, connection: SamlConnection, use: string) =>
  [...ourMetadata(tenant, connection).matchAll(new RegExp(`use="${use}".*?X509Certificate>([^<]+)<`, 'g'))].map(
    ([, certificate = '']) => certificate,
  );
const bare = ({ pem }: SamlCertificate) => pem.replace(/-----[^-]+-----|\s/g, '');

async function isSignedWith(tenant: Tenant, connection: SamlConnection, { pem }: SamlCertificate) {
  const start = { purpose: 'sign-in', returnTo: null, userId: null, browser: undefined } as const;
  const begun = await startSaml(tenant, connection, start);
  const [text = '', signature = ''] = ('address' in begun ? new URL(begun.address).search.slice(1) : '').split(
    '&Signature=',
  );
  return createVerify('RSA-SHA256').update(text).verify(pem, decodeURIComponent(signature), 'base64');
}

async function opens(tenant: Tenant, connection: SamlConnection, certificate: SamlCertificate) {
  const idp = await samlKeys();
  const party = await loadParty(tenant, connection);
  const right = { issuer: 'urn:idp', acs: 'https://a', entityId: 'https://e', requestId: '_r' };
  const xml = await encrypted(signed(answerXml(right), idp), { certificate });
  const settings = { ...party.settings, certificates: [idp.certificate] };
  const expected = { ...right, unsolicited: false, now: new Date() };
  return (await verifyEncodedResponse(encoded(xml), { ...party, issuer: 'urn:idp', settings }, expected)).ok;
}

test('the next certificate is published first, used later, and the previous one still decrypts', async () => {
  const { idp, tenant, id, now } = await place();
  const first = (await now()).settings.ourCertificate;
  expect(await prepareNextKeys(tenant, id, cause)).toEqual({ ok: true });
  const prepared = await now();
  const next = prepared.settings.otherKeys?.certificate as SamlCertificate;
  for (const use of ['signing', 'encryption'])
    expect(published(tenant, prepared, use)).toEqual([bare(first), bare(next)]);
  expect(await isSignedWith(tenant, prepared, first)).toBe(true);
  expect([await opens(tenant, prepared, first), await opens(tenant, prepared, next)]).toEqual([true, true]);
  expect(await prepareNextKeys(tenant, id, cause)).toMatchObject({ error: 'keys-waiting' });

  expect(await startNextKeys(tenant, id, cause)).toEqual({ ok: true });
  const started = await now();
  expect(published(tenant, started, 'signing')).toEqual([bare(next)]);
  expect(await isSignedWith(tenant, started, next)).toBe(true);
  expect([await opens(tenant, started, first), await opens(tenant, started, next)]).toEqual([true, true]);
  expect(await startNextKeys(tenant, id, cause)).toMatchObject({ error: 'keys-missing' });
  expect(started.state).toBe('beside');
  const events = await eventsOf(tenant, 'sso_connection_update');
  expect(events.map(({ detail }) => detail.by)).toEqual(['keysPrepared', 'keysStarted']);
  expect(String(events[1]?.detail.after)).toContain(next.fingerprint);
  expect(JSON.stringify(events)).not.toContain('PRIVATE');
  await idp.stop();
});

test('keys that were prepared can be discarded, and one of two administrators at once starts them', async () => {
  const { idp, tenant, id, now } = await place();
  const first = (await now()).settings.ourCertificate;
  await prepareNextKeys(tenant, id, cause);
  expect(await discardNextKeys(tenant, id, cause)).toEqual({ ok: true });
  expect(published(tenant, await now(), 'signing')).toEqual([bare(first)]);
  expect(await discardNextKeys(tenant, id, cause)).toMatchObject({ error: 'keys-missing' });
  await prepareNextKeys(tenant, id, cause);
  const both = await Promise.all([startNextKeys(tenant, id, cause), startNextKeys(tenant, id, cause)]);
  expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  const current = (await now()).settings.ourCertificate;
  expect(await isSignedWith(tenant, await now(), current)).toBe(true);
  expect(await prepareNextKeys(await newTenant(), id, cause)).toMatchObject({ error: 'not-found' });
  await idp.stop();
});
