import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SamlSettings } from '@/db/schema/sso-settings';
import { readCertificate } from '@/lib/sso/saml/keys';
import { LARGEST_MESSAGE } from '@/lib/sso/saml/message';
import {
  type AnswerText,
  answerXml,
  encoded,
  encrypted,
  type SamlKeys,
  samlKeys,
  signed,
  verifyEncodedResponse,
  withEncryptedName,
} from '@/tests/support/saml-answers';

/**
 * What real providers send besides the usual: long group lists, encrypted names, offsets, other
 * algorithms, guests.
 */

const issuer = 'https://idp.copper.example/metadata';
const entityId = 'https://copper.gatehouse.test/sso/saml/1/metadata';
const acs = 'https://copper.gatehouse.test/sso/saml/1/acs';
const requestId = '_c0ffee';
const right: AnswerText = { issuer, entityId, acs, requestId };

let [idp, ours, next] = [] as unknown as [SamlKeys, SamlKeys, SamlKeys];
beforeAll(async () => {
  [idp, ours, next] = await Promise.all([samlKeys(), samlKeys(), samlKeys()]);
});

type More = { settings?: Partial<SamlSettings>; decryptionKeys?: string[]; emailDomains?: string[] };

function verify(xml: string, more: More = {}) {
  const settings: SamlSettings = {
    metadataUrl: null,
    metadataFetchedAt: null,
    metadataError: null,
    signOnUrl: 'https://idp.copper.example/sso',
    logoutUrl: null,
    certificates: [idp.certificate],
    ourCertificate: ours.certificate,
    responseSigned: false,
    emailAttribute: null,
    idpInitiated: false,
    logout: true,
    ...more.settings,
  };
  const party = {
    issuer,
    settings,
    decryptionKeys: more.decryptionKeys ?? [ours.privateKey],
    emailDomains: more.emailDomains,
  };
  return verifyEncodedResponse(encoded(xml), party, { acs, entityId, requestId, unsolicited: false, now: new Date() });
}

const reasonOf = (outcome: Awaited<ReturnType<typeof verify>>) => (outcome.ok ? 'accepted' : outcome.reason);
const accepted = { ok: true, identity: { subject: 'robin@copper.example' } };

describe('long lists of groups', () => {
  const withGroups = (count: number, declarations: string) => {
    const value = (at: number) => `<saml:AttributeValue${declarations}>Floor ${at}</saml:AttributeValue>`;
    const values = Array.from({ length: count }, (_, at) => value(at)).join('');
    const groups = `<saml:Attribute Name="groups">${values}</saml:Attribute></saml:AttributeStatement>`;
    return answerXml(right).replace('</saml:AttributeStatement>', groups);
  };
  const OKTA =
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string"';

  test.each([195, 197, 200, 500, 1500])('%i groups as Okta writes them sign in', async (count) => {
    const xml = signed(withGroups(count, OKTA), idp);
    expect(encodeURIComponent(encoded(xml)).length).toBeLessThan(LARGEST_MESSAGE);
    expect(await verify(xml)).toMatchObject(accepted);
  });

  test('1,500 groups sign in encrypted and with a signed response too', async () => {
    const whole = signed(await encrypted(signed(withGroups(1500, OKTA), idp), ours), idp, 'Response');
    expect(await verify(whole)).toMatchObject(accepted);
  });

  test('hundreds of different namespaces are refused', async () => {
    const many = Array.from({ length: 30 }, (_, at) => ` xmlns:n${at}="urn:n:${at}"`).join('');
    const xml = withGroups(10, many).replace(/urn:n:/g, () => `urn:n:${Math.random()}:`);
    expect(reasonOf(await verify(signed(xml, idp)))).toBe('xml-forbidden');
  });
});

describe('a name that is encrypted by itself', () => {
  test('is decrypted once the signature is verified, with any key that is ours', async () => {
    const xml = signed(await withEncryptedName(answerXml(right), ours), idp);
    expect(await verify(xml)).toMatchObject(accepted);
    expect(await verify(xml, { decryptionKeys: [next.privateKey, ours.privateKey] })).toMatchObject(accepted);
    expect(await verify(await encrypted(xml, ours))).toMatchObject(accepted);
  });

  test('is refused for another key, after a change, twice, beside a plain one, or if transient', async () => {
    const hidden = await withEncryptedName(answerXml(right), ours);
    const foreign = await withEncryptedName(answerXml(right), next);
    expect(reasonOf(await verify(signed(foreign, idp)))).toBe('encryption');
    const other = await withEncryptedName(answerXml({ ...right, nameId: 'evil@copper.example' }), ours);
    const idIn = (xml: string) => /<saml:EncryptedID>[\s\S]*<\/saml:EncryptedID>/.exec(xml)?.[0] ?? '';
    const genuine = signed(hidden, idp);
    const swapped = genuine.replace(idIn(genuine), () => idIn(other));
    expect(swapped).not.toBe(genuine);
    expect(reasonOf(await verify(swapped))).toBe('signature');
    expect(
      reasonOf(
        await verify(
          signed(
            hidden.replace(idIn(hidden), (id) => id + id),
            idp,
          ),
        ),
      ),
    ).toBe('name-id');
    const beside = hidden.replace(
      '<saml:EncryptedID>',
      '<saml:NameID>x@copper.example</saml:NameID><saml:NameID/><saml:EncryptedID>',
    );
    expect(reasonOf(await verify(signed(beside, idp)))).toBe('name-id');
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
    const passing = await withEncryptedName(answerXml({ ...right, format }), ours);
    expect(reasonOf(await verify(signed(passing, idp)))).toBe('name-id');
  });

  test('is not decrypted for a signature that is not genuine', async () => {
    const foreign = await withEncryptedName(answerXml(right), next);
    const unsigned = signed(foreign, next, 'Assertion', { shown: idp });
    expect(reasonOf(await verify(unsigned))).toBe('signature');
  });
});

describe('times with an offset', () => {
  const inZone = (minutes: number, zone: string) => (instant: string) =>
    `"${new Date(Date.parse(instant.slice(1, -1)) + minutes * 60_000).toISOString().replace('Z', zone)}"`;
  const answer = (change: (instant: string) => string) =>
    signed(answerXml(right).replace(/"\d{4}-\d\d-\d\dT[^"]+Z"/g, change), idp);
  test('name the same moment as UTC', async () => {
    for (const [minutes, zone] of [
      [60, '+01:00'],
      [0, '+00:00'],
      [0, '-00:00'],
      [-210, '-03:30'],
      [840, '+14:00'],
    ] as const)
      expect([zone, await verify(answer(inZone(minutes, zone)))]).toMatchObject([zone, accepted]);
    expect(await verify(answer((instant) => instant.replace(/\.\d+Z/, '.1234567Z')))).toMatchObject(accepted);
  });
  test('are refused where the moment is past, or the offset is none', async () => {
    expect(reasonOf(await verify(answer(inZone(0, '+01:00'))))).toBe('expired');
    expect(reasonOf(await verify(answer(inZone(0, '-01:00'))))).toBe('not-yet');
    for (const zone of ['', '+1', '+15:00', '+01', 'CET'])
      expect([zone, (await verify(answer(inZone(0, zone)))).ok]).toEqual([zone, false]);
  });
});

describe('algorithms of today', () => {
  const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
  test('RSA with SHA-384 and SHA-512, and SHA-384 as digest', async () => {
    for (const signature of [`${MORE}rsa-sha384`, `${MORE}rsa-sha512`])
      expect(await verify(signed(answerXml(right), idp, 'Assertion', { signature }))).toMatchObject(accepted);
    expect(await verify(signed(answerXml(right), idp, 'Assertion', { digest: `${MORE}sha384` }))).toMatchObject(
      accepted,
    );
  });
  test('ECDSA with a certificate on P-256, and never with one for RSA', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'saml-'));
    const file = path.join(folder, 'key.pem');
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file]);
    const key = readFileSync(file, 'utf8');
    const request = ['req', '-x509', '-new', '-key', file, '-subj', '/CN=idp', '-days', '30'];
    const pem = execFileSync('openssl', request).toString().trim();
    rmSync(folder, { recursive: true });
    expect(readCertificate(pem)).toMatchObject({ ok: true });
    const certificate = { pem, fingerprint: 'EC', notAfter: new Date(Date.now() + 86_400_000).toISOString() };
    const xml = signed(answerXml(right), { privateKey: key, certificate }, 'Assertion', {
      signature: `${MORE}ecdsa-sha256`,
    });
    expect(await verify(xml, { settings: { certificates: [certificate] } })).toMatchObject(accepted);
    expect(await verify(xml, { settings: { certificates: [idp.certificate, certificate] } })).toMatchObject(accepted);
    expect((await verify(xml)).ok).toBe(false);
    expect((await verify(xml.replaceAll('robin@', 'admin@'), { settings: { certificates: [certificate] } })).ok).toBe(
      false,
    );
  });
});

describe('addresses that look unusual are literal', () => {
  test('a guest’s #EXT# and an internationalised address are neither decoded nor split', async () => {
    for (const nameId of ['dana_partner.example#EXT#@contoso.onmicrosoft.example', 'jörg@münchen.example'])
      expect(await verify(signed(answerXml({ ...right, nameId }), idp))).toMatchObject({ identity: { email: nameId } });
  });
});

describe('an address as a name of no stated format', () => {
  const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
  const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
  const emailOf = async (text: Partial<AnswerText>, emailDomains: string[]) => {
    const outcome = await verify(signed(answerXml({ ...right, emails: [], format: UNSPECIFIED, ...text }), idp), {
      emailDomains,
    });
    return outcome.ok ? outcome.identity.email : outcome.reason;
  };
  test('counts in the connection’s own domains alone', async () => {
    const nameId = 'robin@copper.example';
    expect(await emailOf({ nameId }, ['copper.example'])).toBe(nameId);
    const bare = answerXml({ ...right, emails: [] }).replace(/<saml:NameID Format="[^"]+"/, '<saml:NameID');
    const outcome = await verify(signed(bare, idp), { emailDomains: ['copper.example'] });
    expect(outcome).toMatchObject({ ok: true, identity: { email: nameId } });
    expect(await emailOf({ nameId }, [])).toBeNull();
    for (const other of [
      'robin@sub.copper.example',
      'robin@copper.example.evil.example',
      'robin',
      'a@b@copper.example',
    ])
      expect([other, await emailOf({ nameId: other }, ['copper.example'])]).toEqual([other, null]);
    expect(await emailOf({ nameId, format: PERSISTENT }, ['copper.example'])).toBeNull();
    expect(await emailOf({ nameId, emails: ['x@other.example'] }, ['copper.example'])).toBe('x@other.example');
  });
});
