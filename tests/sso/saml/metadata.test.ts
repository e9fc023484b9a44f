import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SamlCertificate, SamlSettings } from '@/db/schema/sso-settings';
import type { Cause } from '@/lib/audit/record';
import { findConnection } from '@/lib/sso/connections/connections';
import { newSamlKeys, readCertificate } from '@/lib/sso/saml/keys';
import { fetchMetadata, LARGEST_METADATA, mergeCertificates, readMetadata } from '@/lib/sso/saml/metadata';
import { type MetadataJob, queueRefreshes, refreshMetadata, runRefresh } from '@/lib/sso/saml/refresh';
import type { Tenant } from '@/lib/tenants/tenants';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { type SamlIdp, startSamlIdp } from '@/tests/support/saml-idp';
import { newTenant } from '@/tests/support/users';

/**
 * What a provider says of itself: read strictly, fetched with care, and never worse than the last
 * good copy.
 */

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
let idp: SamlIdp;
beforeAll(async () => {
  idp = await startSamlIdp();
});
afterAll(() => idp.stop());

const why = (read: { ok: boolean; error?: string }) => (read.ok ? 'accepted' : read.error);

describe('metadata', () => {
  test('of one provider are read: name, addresses, certificates', () => {
    const read = readMetadata(idp.metadata());
    expect(read).toMatchObject({
      ok: true,
      metadata: { entityId: idp.entityId, signOnUrl: idp.signOnUrl, logoutUrl: idp.logoutUrl },
    });
    expect(read.ok && read.metadata.certificates).toEqual([idp.keys.certificate]);
    const inside = idp
      .metadata()
      .replace(/^<\?xml[^>]+>/, '')
      .replace('<!-- of the tests -->', '');
    const wrapped = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${inside}</md:EntitiesDescriptor>`;
    expect(why(readMetadata(wrapped))).toBe('accepted');
  });

  test('that are none, or will not do, are refused with the reason', () => {
    const right = idp.metadata();
    const bare = right.replace(/^<\?xml[^>]+><!--[^>]+-->/, '');
    const certificate = /X509Certificate>([^<]+)</.exec(right)?.[1] ?? '';
    const both = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${bare}${bare.replace('/metadata"', '/other"')}</md:EntitiesDescriptor>`;
    const cases: [string, string][] = [
      ['', 'metadata-empty'],
      ['hello', 'metadata-text'],
      ['{"issuer":"x"}', 'metadata-json'],
      ['<!doctype html><p>Sign in', 'metadata-html'],
      ['<html></html>', 'metadata-html'],
      [`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${bare}`, 'metadata-doctype'],
      [right.replace('IDPSSODescriptor', 'SPSSODescriptor').replace('</md:IDPSSO', '</md:SPSSO'), 'metadata-sp'],
      [right.replace(/entityID="[^"]+"/, ''), 'metadata-entity-id'],
      [right.replace(/entityID="[^"]+"/, `entityID="${'x'.repeat(1025)}"`), 'metadata-entity-id'],
      [right.replaceAll('SAML:2.0:protocol', 'SAML:1.1:protocol'), 'metadata-protocol'],
      [right + ' '.repeat(LARGEST_METADATA), 'metadata-large'],
      [both, 'metadata-several'],
      [right.replace('entityID=', 'validUntil="2020-01-01T00:00:00Z" entityID='), 'metadata-expired'],
      [right.replaceAll('HTTP-Redirect', 'HTTP-Artifact'), 'metadata-no-sign-on'],
      [right.replaceAll('http://127.0.0.1', 'http://192.168.1.1'), 'metadata-no-sign-on'],
      [right.replaceAll(`${idp.url}/sso`, 'javascript:alert(1)'), 'metadata-no-sign-on'],
      [right.replace(/<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/, ''), 'certificate-missing'],
      [right.replace('use="signing"', 'use="encryption"'), 'certificate-missing'],
      [right.replace(certificate, 'AAAA'.repeat(40)), 'certificate'],
    ];
    for (const [text, error] of cases)
      expect([text.slice(0, 200), why(readMetadata(text))]).toEqual([text.slice(0, 200), error]);
  });

  test('whose only certificate has expired are refused; next to a valid one it is left out', async () => {
    const old = await newSamlKeys(new Date('2010-01-01T00:00:00Z'));
    const bareOld = old.certificate.pem.replace(/-----[^-]+-----|\s/g, '');
    const right = idp.metadata();
    const certificate = /X509Certificate>([^<]+)</.exec(right)?.[1] ?? '';
    expect(why(readMetadata(right.replace(certificate, bareOld)))).toBe('certificate-expired');
    const descriptor = /<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/.exec(right)?.[0] ?? '';
    const read = readMetadata(right.replace(descriptor, descriptor + descriptor.replace(certificate, bareOld)));
    expect(read.ok && read.metadata.certificates).toEqual([idp.keys.certificate]);
  });

  test('a certificate by itself: PEM or bare, none, over, too weak', async () => {
    const { pem } = idp.keys.certificate;
    expect(readCertificate(pem)).toMatchObject({ ok: true, certificate: idp.keys.certificate });
    expect(readCertificate(pem.replace(/-----[^-]+-----/g, ''))).toMatchObject({ ok: true });
    const { publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    for (const text of ['', 'x', publicKey, pem.slice(0, 300)]) expect(why(readCertificate(text))).toBe('certificate');
    const old = await newSamlKeys(new Date('2010-01-01T00:00:00Z'));
    expect(why(readCertificate(old.certificate.pem))).toBe('certificate-expired');
    expect(why(readCertificate(WEAK, new Date('2026-01-01T00:00:00Z')))).toBe('certificate-weak');
  });
});

describe('an address that metadata are fetched from', () => {
  test('answers with them, or why not', async () => {
    expect(await fetchMetadata(idp.metadataUrl)).toMatchObject({ ok: true, metadata: { entityId: idp.entityId } });
    expect(why(await fetchMetadata(`${idp.url}/nothing`))).toBe('provider-unreachable');
    expect(why(await fetchMetadata('http://127.0.0.1:9/metadata'))).toBe('provider-unreachable');
    idp.knobs.metadata = `<a>${'x'.repeat(LARGEST_METADATA)}</a>`;
    expect(why(await fetchMetadata(idp.metadataUrl))).toBe('metadata-large');
    idp.knobs.metadata = 'right';
    for (const url of [
      'http://169.254.169.254/latest',
      'https://10.0.0.1/x',
      'http://example.com/x',
      'file:///etc/passwd',
      'https://[::ffff:10.0.0.1]/',
      'https://u:p@example.com/',
      'x',
    ])
      expect([url, why(await fetchMetadata(url))]).toEqual([url, 'address-refused']);
  });

  test('and hangs is left after eight seconds', async () => {
    idp.knobs.metadata = 'hangs';
    const started = performance.now();
    expect(
      why(await fetchMetadata(idp.metadataUrl).finally(() => Object.assign(idp.knobs, { metadata: 'right' }))),
    ).toBe('provider-slow');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('fetched again', () => {
  const settingsOf = async (tenant: Tenant, id: string) => (await findConnection(tenant, id))?.settings as SamlSettings;
  const prints = ({ certificates }: SamlSettings) =>
    certificates.map(({ fingerprint, goneSince }) => [fingerprint, Boolean(goneSince)]);

  test('a change of keys comes by itself: both, then the new one, and the old one for a day', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const { id } = await newSamlConnection(tenant, idp);
    const [first, next] = [idp.keys.certificate.fingerprint, idp.nextKeys.certificate.fingerprint];
    expect(await refreshMetadata(tenant, id, cause)).toEqual({ ok: true });
    expect(await eventsOf(tenant, 'sso_connection_update')).toHaveLength(0);
    idp.knobs.listed = ['first', 'next'];
    await refreshMetadata(tenant, id, cause);
    expect(prints(await settingsOf(tenant, id))).toEqual([
      [first, false],
      [next, false],
    ]);
    idp.knobs.listed = ['next'];
    await refreshMetadata(tenant, id, cause);
    expect(prints(await settingsOf(tenant, id))).toEqual([
      [next, false],
      [first, true],
    ]);
    await refreshMetadata(tenant, id, cause, new Date(Date.now() + 25 * 3_600_000));
    expect(prints(await settingsOf(tenant, id))).toEqual([[next, false]]);
    idp.knobs.listed = ['first'];
    const events = await eventsOf(tenant, 'sso_connection_update');
    expect(events.map(({ detail }) => detail.changed)).toEqual(['certificates', 'certificates', 'certificates']);
    expect((await findConnection(tenant, id))?.state).toBe('beside');
  });

  test('what is broken, of another, or gone leaves the last good copy, and says why', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const { id } = await newSamlConnection(tenant, idp);
    const before = await settingsOf(tenant, id);
    const broken: [string, string][] = [
      ['error', 'provider-unreachable'],
      ['<html/>', 'metadata-html'],
      [idp.metadata().replace(/entityID="[^"]+"/, 'entityID="https://evil.example"'), 'metadata-other'],
      [idp.metadata().replace(/<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/, ''), 'certificate-missing'],
    ];
    for (const [metadata, error] of broken) {
      idp.knobs.metadata = metadata;
      expect(why(await refreshMetadata(tenant, id, cause))).toBe(error);
      expect(await settingsOf(tenant, id)).toMatchObject({ ...before, metadataError: error });
    }
    idp.knobs.metadata = 'right';
    expect(await refreshMetadata(tenant, id, cause)).toEqual({ ok: true });
    expect((await settingsOf(tenant, id)).metadataError).toBeNull();
    expect(why(await refreshMetadata(await newTenant(), id, cause))).toBe('not-found');
  });

  test('once a day there is a job for every connection with an address, and each carries out its own', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const { id } = await newSamlConnection(tenant, idp);
    const second = await startSamlIdp();
    const byFile = await newSamlConnection(tenant, second, { settings: { metadataUrl: null } });
    await second.stop();
    await queueRefreshes();
    const jobs = await admin()`
      select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = 'saml-metadata'`;
    const queued = jobs.map(({ payload }) => payload as MetadataJob);
    expect(queued).toContainEqual({ tenantId: tenant.id, connectionId: id });
    expect(queued.map(({ connectionId }) => connectionId)).not.toContain(byFile.id);
    const fetchedBefore = (await settingsOf(tenant, id)).metadataFetchedAt;
    await runRefresh({ tenantId: tenant.id, connectionId: id });
    expect((await settingsOf(tenant, id)).metadataFetchedAt).not.toBe(fetchedBefore);
  });

  test('one that comes back is no longer leaving', () => {
    const one = (fingerprint: string, goneSince?: string): SamlCertificate => ({
      pem: '',
      notAfter: '',
      fingerprint,
      ...(goneSince ? { goneSince } : {}),
    });
    const now = new Date();
    expect(mergeCertificates([one('a', now.toISOString()), one('b')], [one('a')], now)).toEqual([
      one('a'),
      one('b', now.toISOString()),
    ]);
  });
});

/** RSA with 1024 bits, good until 2036. */
const WEAK = `-----BEGIN CERTIFICATE-----
MIIB+jCCAWOgAwIBAgIUU6LAFk7gP2n29UbDVPzfrGqiSrowDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjExMjIwNjM5MzRaFw0zNjExMTkwNjM5
MzRaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB
APCbIAN1EcKNGJwrj99YB+Yeya2536D+j/WErlv9TlT9YC7cJqUqYW2Nctp323y7
tjpG1jZ4+HHDMEOIDnk6WQIHB73CfaaQCWtjd57yoLCs89/Hb7aEYPr/9kg7aipq
iHm3m3mk6i7A+gQ3Gh+WjP+g2O7Q92CkN0ej2LpkceINAgMBAAGjUzBRMB0GA1Ud
DgQWBBRYtFD1odkSswFj8hDT9VBj6lgzeTAfBgNVHSMEGDAWgBRYtFD1odkSswFj
8hDT9VBj6lgzeTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAC+c
3yH8r4goF3y/NNJSs+dTsW7HLmRpI/Qj4B0383DCyBWPaSD6F8LPaEqlQx2DDiRs
cUIVI6jReywBZbAwmfFS4sYtbRVyXOYXiJyVFUbCeEegq2yKSmvUOzN7BXBF6fTg
hF2lpZxe2VEHlM4zPRMxxzkLAzOEkdQSIu+Zxt2C
-----END CERTIFICATE-----`;
