import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { Unavailable } from '@/lib/result';
import { verifyLogoutForm } from '@/lib/sso/saml/verify-logout';
import { listFailures, recordRefusal } from '@/lib/sso/sign-in/failures';
import { verifyPosted } from '@/lib/sso/sign-in/posted';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { encoded, newId, type SamlKeys, samlKeys, signed } from '@/tests/support/saml-answers';
import { newTenant } from '@/tests/support/users';

/** What anyone can post costs little, and hides nothing. */

const issuer = 'https://idp.copper.example/metadata';
const logout = 'https://copper.gatehouse.test/sso/saml/1/logout';
let [idp, stranger] = [] as unknown as [SamlKeys, SamlKeys];
beforeAll(async () => {
  [idp, stranger] = await Promise.all([samlKeys(), samlKeys()]);
});

type Wrong = { issuer?: string; destination?: string; at?: Date; inside?: string };

function requestXml({ issuer: by = issuer, destination = logout, at = new Date(), inside = '' }: Wrong = {}) {
  return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${newId()}" Version="2.0" IssueInstant="${at.toISOString()}" Destination="${destination}"><saml:Issuer>${by}</saml:Issuer><saml:NameID>robin</saml:NameID>${inside}</samlp:LogoutRequest>`;
}

async function verify(xml: string) {
  const settings = { certificates: [idp.certificate] } as never;
  const party = { issuer, settings, decryptionKeys: [] };
  const form = new URLSearchParams({ SAMLRequest: encoded(xml) });
  const outcome = await verifyLogoutForm(form, party, { logout, entityId: 'x', now: new Date() });
  return outcome.ok ? 'accepted' : outcome.reason;
}

/** Milliseconds of this process for a hundred of them. */
async function cost(xml: string) {
  await verify(xml);
  const started = process.cpuUsage();
  for (let times = 0; times < 100; times++) await verify(xml);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

describe('a logout request', () => {
  const many = `<samlp:Extensions>${'<a b="c"><d/></a>'.repeat(950)}</samlp:Extensions>`;

  test('of more than sixty elements is not parsed, and costs no more than a right one', async () => {
    const hostile = signed(requestXml(), stranger, 'LogoutRequest').replace(
      '<saml:NameID>',
      () => `${many}<saml:NameID>`,
    );
    const right = signed(requestXml(), idp, 'LogoutRequest');
    expect([await verify(hostile), await verify(right)]).toEqual(['xml-forbidden', 'accepted']);
    const [costly, usual] = [await cost(hostile), await cost(right)];
    expect(costly / usual).toBeLessThan(1);
  });

  test('that is not for us, or not of now, is refused before its signature is looked at', async () => {
    const wrongs: [Wrong, string][] = [
      [{ issuer: 'https://evil.example' }, 'issuer'],
      [{ destination: 'https://evil.example' }, 'destination'],
      [{ at: new Date(Date.now() - 3_600_000) }, 'expired'],
      [{ at: new Date(Date.now() + 3_600_000) }, 'not-yet'],
    ];
    for (const [wrong, reason] of wrongs) {
      expect(await verify(signed(requestXml(wrong), stranger, 'LogoutRequest'))).toBe(reason);
      expect(await verify(requestXml(wrong))).toBe(reason);
    }
    expect(await verify(signed(requestXml(), stranger, 'LogoutRequest'))).toBe('signature');
  });

  test('with twenty sessions is accepted', async () => {
    const inside = Array.from({ length: 20 }, () => `<samlp:SessionIndex>${newId()}</samlp:SessionIndex>`).join('');
    expect(await verify(signed(requestXml({ inside }), idp, 'LogoutRequest'))).toBe('accepted');
  });
});

describe('checks that fail for strangers, however many', () => {
  test.each(['answer', 'unasked', 'logout'] as const)('leave another network its own (%s)', async (kind) => {
    const tenant = await newTenant();
    const id = randomUUID();
    const check = (address: string, ok: boolean) =>
      verifyPosted(tenant, id, kind, { address }, async () => ({ ok, kind }));
    for (let at = 0; at < 22; at++)
      await Promise.all(Array.from({ length: 50 }, (_, nth) => check(`198.51.100.${nth % 5}`, false)));
    expect(await check('198.51.100.1', false)).toBeUndefined();
    // The connection's part is full, and no more is left to any of the five.
    for (let times = 0; times < 30; times++) expect(await check('192.0.2.7', true)).toEqual({ ok: true, kind });
    for (let times = 0; times < 20; times++) expect(await check('192.0.2.8', false)).toEqual({ ok: false, kind });
    expect(await check('192.0.2.8', false)).toBeUndefined();
  });

  test('are not counted while the database is away', async () => {
    const tenant = await newTenant();
    const id = randomUUID();
    const fail = () =>
      verifyPosted(tenant, id, 'answer', { address: '192.0.2.9' }, () => Promise.reject(new Unavailable('database')));
    for (let times = 0; times < 25; times++) await expect(fail()).rejects.toThrow(Unavailable);
    expect(await admin()`select 1 from volume_limits where key like ${`%${id}%`} and count > 0`).toEqual([]);
  });
});

describe('failed sign-ins', () => {
  const from = (address: string): Cause => ({ actorId: null, address, userAgent: 'tests', requestId: 'tests' });

  test('of real requests stay listed, however many unsolicited responses come', async () => {
    const tenant = await newTenant();
    const real = await recordRefusal(tenant, null, { reason: 'no-match', received: {} }, from('192.0.2.1'));
    const codes: string[] = [];
    for (let at = 0; at < 60; at++) {
      const refused = { reason: 'flow-missing', received: {}, unsolicited: true } as const;
      codes.push(await recordRefusal(tenant, null, refused, from(`198.51.100.${at}`)));
    }
    // One address after the other, they have thirty together.
    expect(codes.filter(Boolean)).toHaveLength(30);
    expect(await eventsOf(tenant, 'authn_sso_fail')).toHaveLength(31);
    await admin()`
      insert into sso_failures (tenant_id, code, reason, received, address, request_id, solicited)
      select ${tenant.id}, 'red-ant-' || n, 'flow-missing', '{}', '-', '-', false from generate_series(100, 500) n`;
    const listed = await listFailures(tenant);
    expect(listed.map(({ code }) => code)).toContain(real);
    expect(listed.length).toBeLessThanOrEqual(51);
  });
});
