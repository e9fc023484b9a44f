import { generateKeyPairSync } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SamlSettings } from '@/db/schema/sso-settings';
import type { Reason } from '@/lib/sso/answer';
import {
  type AnswerText,
  answerXml,
  assertionXml,
  BEARER,
  ENVELOPED,
  EXCLUSIVE,
  encoded,
  encrypted,
  type SamlKeys,
  samlKeys,
  signed,
  verifyEncodedResponse,
} from '@/tests/support/saml-answers';

/**
 * Hostile and broken SAML responses, each with a twin that is right and must be accepted, with who
 * it names.
 */

const issuer = 'https://idp.copper.example/metadata';
const entityId = 'https://copper.gatehouse.test/sso/saml/1/metadata';
const acs = 'https://copper.gatehouse.test/sso/saml/1/acs';
const requestId = '_c0ffee';
const right: AnswerText = { issuer, entityId, acs, requestId };

let [idp, ours, stranger] = [] as unknown as [SamlKeys, SamlKeys, SamlKeys];
beforeAll(async () => {
  [idp, ours, stranger] = await Promise.all([samlKeys(), samlKeys(), samlKeys()]);
});

type Ask = { settings?: Partial<SamlSettings>; now?: Date; unsolicited?: boolean; privateKey?: string };

function verify(xml: string, ask: Ask = {}) {
  return verifyEncoded(encoded(xml), ask);
}

function verifyEncoded(text: string, { settings, now = new Date(), unsolicited = false, privateKey }: Ask = {}) {
  const party = { issuer, settings: { ...settingsOf(), ...settings }, decryptionKeys: [privateKey ?? ours.privateKey] };
  return verifyEncodedResponse(text, party, {
    acs,
    entityId,
    requestId: unsolicited ? null : requestId,
    unsolicited,
    now,
  });
}

function settingsOf(): SamlSettings {
  return {
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
  };
}

/** Signed as most providers do: the assertion alone. */
const answer = (text: Partial<AnswerText> = {}) => signed(answerXml({ ...right, ...text }), idp);

async function expectUser(xml: string, ask?: Ask) {
  const outcome = await verify(xml, ask);
  expect(outcome).toMatchObject({ ok: true, identity: { issuer, subject: 'robin@copper.example' } });
  return outcome;
}

async function expectRefused(xml: string, reason: Reason, ask?: Ask) {
  const outcome = await verify(xml, ask);
  expect(outcome.ok ? 'accepted' : outcome.reason).toBe(reason);
}

/**
 * A twin that differs from the refused one only in what is wrong with it: the same, made right, is
 * accepted.
 */
function pair(
  name: string,
  wrong: () => string | Promise<string>,
  reason: Reason,
  twin: () => string | Promise<string>,
  ask?: Ask,
) {
  test(name, async () => {
    await expectRefused(await wrong(), reason, ask);
    await expectUser(await twin(), ask);
  });
}

test('a valid response names the user, with the attributes of the provider', async () => {
  const outcome = await expectUser(answer({ sessionIndex: '_s1', attributes: { groups: ['staff', 'night'] } }));
  expect(outcome).toMatchObject({
    requestId,
    identity: {
      email: 'robin@copper.example',
      emailVerified: true,
      firstName: 'Robin',
      lastName: 'Achterberg',
      secondFactor: false,
      index: '_s1',
    },
  });
  expect(outcome.checks.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
    'keys true',
    'response true',
    'signature true',
    'issuer true',
    'audience true',
    'recipient true',
    'times true',
    'attributes true',
  ]);
  expect(JSON.stringify(outcome.received)).not.toMatch(/SignatureValue|BEGIN|<saml/);
});

describe('meant for another recipient', () => {
  const elsewhere = 'https://copper.gatehouse.test/sso/saml/2/acs';
  const cases: [string, Partial<AnswerText>, Reason][] = [
    ['recipient of another connection', { recipient: elsewhere }, 'recipient'],
    ['no recipient', { recipient: null }, 'recipient'],
    ['destination of another connection', { destination: elsewhere }, 'destination'],
    ['no destination', { destination: null }, 'destination'],
    ['issuer of the assertion is another', { assertionIssuer: 'https://evil.example' }, 'issuer'],
    ['no issuer in the assertion', { assertionIssuer: null }, 'issuer'],
    ['issuer of the response is another', { responseIssuer: 'https://evil.example' }, 'issuer'],
    ['audience is another', { audience: 'https://other.example' }, 'audience'],
    ['no audience', { audience: null }, 'audience'],
    ['answers another request', { requestId: '_other' }, 'in-response-to'],
    ['answers none, and says so nowhere', { requestId: null }, 'unsolicited'],
    ['names the request outside the signature alone', { confirmationRequestId: null }, 'in-response-to'],
    ['names two requests', { responseRequestId: '_other' }, 'in-response-to'],
  ];
  for (const [name, text, reason] of cases)
    pair(
      name,
      () => answer(text),
      reason,
      () => answer(),
    );

  test('the name of the issuer is compared as it is, without case or slash forgiven', async () => {
    for (const near of [`${issuer}/`, issuer.toUpperCase(), `${issuer}?`]) {
      await expectRefused(answer({ issuer: near }), 'issuer');
    }
  });

  test('an answer to no request passes only where the caller asks for one, and never with a request', async () => {
    const outcome = await verify(answer({ requestId: null }), { unsolicited: true });
    expect(outcome).toMatchObject({ ok: true, requestId: null });
    await expectRefused(answer({ confirmationRequestId: null }), 'in-response-to', { unsolicited: true });
  });
});

describe('times', () => {
  const now = new Date();
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now }));
  afterAll(() => void vi.useRealTimers());
  const cases: [string, Partial<AnswerText>, Partial<AnswerText>, Reason][] = [
    ['conditions ended, at the limit of skew', { conditionsEndIn: -90 }, { conditionsEndIn: -89 }, 'expired'],
    ['confirmation ended, at the limit of skew', { confirmationEndsIn: -90 }, { confirmationEndsIn: -89 }, 'expired'],
    ['confirmation without an end', { confirmationEndsIn: null }, {}, 'expired'],
    ['not yet valid, at the limit of skew', { notBeforeIn: 91 }, { notBeforeIn: 89 }, 'not-yet'],
    ['issued in the future', { issuedIn: 91 }, { issuedIn: 89 }, 'not-yet'],
    [
      'issued long ago, whatever end it names',
      { issuedIn: -391, conditionsEndIn: 9999 },
      { issuedIn: -388 },
      'expired',
    ],
  ];
  for (const [name, wrong, twin, reason] of cases) {
    pair(
      name,
      () => answer({ ...wrong, now }),
      reason,
      () => answer({ ...twin, now }),
      { now },
    );
  }

  test('an invalid time, or one without a zone, is refused', async () => {
    const xml = answerXml({ ...right, now });
    const [ends = ''] = /NotOnOrAfter="[^"]+"/.exec(xml) ?? [];
    for (const text of ['tomorrow', '2040-01-01T00:00:00', '2040-01-01T00:00:00+99:00', '2040-01-01', '']) {
      await expectRefused(signed(xml.replaceAll(ends, `NotOnOrAfter="${text}"`), idp), 'expired');
    }
  });
});

describe('confirmation and status', () => {
  pair(
    'sender-vouches',
    () => answer({ method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }),
    'confirmation',
    () => answer({ method: BEARER }),
  );
  pair(
    'holder-of-key',
    () => answer({ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }),
    'confirmation',
    () => answer(),
  );
  pair(
    'two confirmations',
    () => answer({ confirmations: 2 }),
    'confirmation',
    () => answer({ confirmations: 1 }),
  );
  pair(
    'nobody has authenticated',
    () => answer({ statements: 0 }),
    'confirmation',
    () => answer({ statements: 1 }),
  );
  pair(
    'a status that is no success, with a signed assertion inside',
    () => answer({ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }),
    'status',
    () => answer(),
  );
});

describe('signatures', () => {
  const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
  const XSLT = 'http://www.w3.org/TR/1999/REC-xslt-19991116';
  const unsigned = () => answerXml(right);
  pair('none', unsigned, 'signature-missing', () => answer());
  pair(
    'taken off',
    () => answer().replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, ''),
    'signature-missing',
    () => answer(),
  );
  pair(
    'of the response alone',
    () => signed(unsigned(), idp, 'Response'),
    'signature-missing',
    () => signed(answer(), idp, 'Response'),
  );
  pair(
    'of the assertion alone, where the response must be signed',
    () => answer(),
    'signature-missing',
    () => signed(answer(), idp, 'Response'),
    {
      settings: { responseSigned: true },
    },
  );
  pair(
    'of a stranger who shows his own certificate',
    () => signed(unsigned(), stranger),
    'unknown-key',
    () => answer(),
  );
  pair(
    'of a stranger who shows the right certificate',
    () => signed(unsigned(), stranger, 'Assertion', { shown: idp }),
    'signature',
    () => signed(unsigned(), idp, 'Assertion', { shown: stranger }),
  );
  pair(
    'of a stranger who shows none',
    () => signed(unsigned(), stranger, 'Assertion', { shown: null }),
    'signature',
    () => signed(unsigned(), idp, 'Assertion', { shown: null }),
  );
  pair(
    'of the response by a stranger, round a good one',
    () => signed(answer(), stranger, 'Response'),
    'signature',
    () => signed(answer(), idp, 'Response'),
  );
  pair(
    'text changed after signing',
    () => answer().replaceAll('robin@', 'admin@'),
    'signature',
    () => answer(),
  );
  pair(
    'SHA-1 signature',
    () => signed(unsigned(), idp, 'Assertion', { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
    'algorithm',
    () => signed(unsigned(), idp, 'Assertion', { signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512' }),
  );
  pair(
    'SHA-1 digest',
    () => signed(unsigned(), idp, 'Assertion', { digest: SHA1 }),
    'algorithm',
    () => signed(unsigned(), idp, 'Assertion', { digest: 'http://www.w3.org/2001/04/xmlenc#sha512' }),
  );
  pair(
    'HMAC keyed with the public certificate',
    () =>
      answer().replace(
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
        'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
      ),
    'algorithm',
    () => answer(),
  );
  pair(
    'XSLT among the transforms',
    () => answer().replace(`Algorithm="${ENVELOPED}"`, `Algorithm="${XSLT}"`),
    'algorithm',
    () => answer(),
  );
  pair(
    'canonicalisation that keeps the surroundings',
    () => signed(unsigned(), idp, 'Assertion', { canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' }),
    'algorithm',
    () => signed(unsigned(), idp, 'Assertion', { canonicalization: EXCLUSIVE }),
  );
  pair(
    'no enveloped transform',
    () => signed(unsigned(), idp, 'Assertion', { transforms: [EXCLUSIVE] }),
    'algorithm',
    () => answer(),
  );
  pair(
    'several SignedInfo',
    () => answer().replace(/(<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>)/, '$1$1'),
    'signature',
    () => answer(),
  );
  pair(
    'several references',
    () => answer().replace(/(<ds:Reference[\s\S]*<\/ds:Reference>)/, '$1$1'),
    'signature',
    () => answer(),
  );
  pair(
    'comment in the digest',
    () => answer().replace(/<ds:DigestValue>/, '<ds:DigestValue><!--x-->'),
    'xml-forbidden',
    () => answer(),
  );
  pair(
    'element in the digest',
    () => answer().replace(/<ds:DigestValue>/, '<ds:DigestValue><ds:x/>'),
    'signature',
    () => answer(),
  );
  pair(
    'reference to everything',
    () => answer().replace(/URI="#[^"]+"/, 'URI=""'),
    'signature',
    () => answer(),
  );
  pair(
    'Object in the signature',
    () => answer().replace('</ds:Signature>', '<ds:Object/></ds:Signature>'),
    'signature',
    () => answer(),
  );
});

describe('wrapping: a good signature somewhere, another assertion in its place', () => {
  const evilId = '_evil';
  const evil = () => assertionXml({ ...right, nameId: 'owner@copper.example', assertionId: evilId });
  const split = () => {
    const xml = answer();
    const [assertion = ''] = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml) ?? [];
    const [signature = ''] = /<ds:Signature [\s\S]*<\/ds:Signature>/.exec(xml) ?? [];
    return { xml, assertion, signature, bare: assertion.replace(signature, '') };
  };
  const wrapped = (make: (parts: ReturnType<typeof split>) => string) => () => make(split());
  const whole = () => signed(answer(), idp, 'Response');
  const rename = (xml: string) =>
    xml.replace(/nameid-format:emailAddress">[^<]+</, 'nameid-format:emailAddress">owner@copper.example<');
  const cases: [string, () => string, Reason][] = [
    [
      '1: a new response round the old one inside the signature',
      () => {
        const xml = whole();
        const inner = /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(xml)?.[0] ?? '';
        const object = `<ds:Object>${xml.replace(inner, '')}</ds:Object></ds:Signature>`;
        const outer = inner.replace('</ds:Signature>', object);
        return rename(xml)
          .replace(inner, outer)
          .replace(/ID="[^"]+"/, 'ID="_new"');
      },
      'assertion-count',
    ],
    [
      '2: the old response behind the signature',
      () => {
        const xml = whole();
        const inner = /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(xml)?.[0] ?? '';
        return rename(xml)
          .replace(inner, `${inner}${xml.replace(inner, '')}`)
          .replace(/ID="[^"]+"/, 'ID="_new"');
      },
      'assertion-count',
    ],
    [
      '3: evil before the signed one',
      wrapped(({ xml, assertion }) => xml.replace(assertion, evil() + assertion)),
      'assertion-count',
    ],
    [
      '3b: evil behind the signed one',
      wrapped(({ xml, assertion }) => xml.replace(assertion, assertion + evil())),
      'assertion-count',
    ],
    [
      '4: the signed one inside evil',
      wrapped(({ xml, assertion }) =>
        xml.replace(assertion, evil().replace('</saml:Assertion>', `${assertion}</saml:Assertion>`)),
      ),
      'assertion-count',
    ],
    [
      '5: evil carries the signature, the signed one follows',
      wrapped(({ xml, assertion, signature, bare }) =>
        xml.replace(assertion, evil().replace('<saml:Subject>', `${signature}<saml:Subject>`) + bare),
      ),
      'assertion-count',
    ],
    [
      '6: the signed one inside the signature that evil carries',
      wrapped(({ xml, assertion, signature, bare }) =>
        xml.replace(
          assertion,
          evil().replace(
            '<saml:Subject>',
            `${signature.replace('</ds:Signature>', `<ds:Object>${bare}</ds:Object></ds:Signature>`)}<saml:Subject>`,
          ),
        ),
      ),
      'assertion-count',
    ],
    [
      '7: evil in Extensions',
      wrapped(({ xml }) =>
        xml.replace('<samlp:Status>', `<samlp:Extensions>${evil()}</samlp:Extensions><samlp:Status>`),
      ),
      'assertion-count',
    ],
    [
      '8: the signed one in an Object of evil’s signature',
      wrapped(({ xml, assertion, signature }) =>
        xml.replace(
          assertion,
          evil().replace(
            '<saml:Subject>',
            `${signature.replace('</ds:Signature>', `<ds:Object>${assertion}</ds:Object></ds:Signature>`)}<saml:Subject>`,
          ),
        ),
      ),
      'assertion-count',
    ],
    [
      'evil under the signed one’s ID',
      wrapped(({ xml, assertion }) =>
        xml.replace(assertion, assertion + evil().replace(evilId, /ID="([^"]+)"/.exec(assertion)?.[1] ?? '')),
      ),
      'assertion-count',
    ],
    [
      'evil alone with the other’s signature',
      wrapped(({ xml, assertion, signature }) =>
        xml.replace(assertion, evil().replace('<saml:Subject>', `${signature}<saml:Subject>`)),
      ),
      'signature',
    ],
    [
      'one ID twice',
      wrapped(({ xml, assertion }) =>
        xml.replace(
          /<samlp:Status>/,
          `<samlp:Extensions><x ID="${/ID="([^"]+)"/.exec(assertion)?.[1]}"/></samlp:Extensions><samlp:Status>`,
        ),
      ),
      'signature',
    ],
    [
      'a signature where none belongs',
      wrapped(({ xml, signature }) =>
        xml.replace('<samlp:Status>', `<samlp:Extensions>${signature}</samlp:Extensions><samlp:Status>`),
      ),
      'signature',
    ],
    [
      'an assertion of another namespace beside',
      wrapped(({ xml, assertion }) => xml.replace(assertion, `<e:Assertion xmlns:e="urn:evil:1"/>${assertion}`)),
      'assertion-count',
    ],
    ['no assertion at all', wrapped(({ xml, assertion }) => xml.replace(assertion, '')), 'assertion-count'],
  ];
  for (const [name, wrong, reason] of cases) pair(name, wrong, reason, () => answer());
});

describe('text that is cut where a parser stops reading', () => {
  const inside = (xml: string) => answer({ nameIdXml: xml });
  const inEmail = (xml: string) => answer({ emailXml: xml });
  pair(
    'comment in the NameID',
    () => inside('robin@copper.example<!---->.evil.example'),
    'xml-forbidden',
    () => inside('robin@copper.example'),
  );
  pair(
    'processing instruction in the NameID',
    () => answer().replace('</saml:NameID>', '<?x?></saml:NameID>'),
    'xml-forbidden',
    () => inside('robin@copper.example'),
  );
  pair(
    'CDATA in the NameID',
    () => inside('<![CDATA[robin@copper.example]]>'),
    'xml-forbidden',
    () => inside('robin@copper.example'),
  );
  pair(
    'element in the NameID',
    () => inside('robin@copper.example<x/>.evil.example'),
    'name-id',
    () => inside('robin@copper.example'),
  );
  pair(
    'comment in the e-mail',
    () => inEmail('robin@copper.example<!---->.evil.example'),
    'xml-forbidden',
    () => inEmail('robin@copper.example'),
  );

  test('elements inside an email address are not joined to a text', async () => {
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
    const outcome = await expectUser(answer({ emailXml: 'robin@<x/>copper.example', format }));
    expect(outcome).toMatchObject({ identity: { email: null } });
  });

  test('references that XML knows by itself are read whole', async () => {
    const outcome = await verify(
      answer({ nameIdXml: 'o&#39;robin&amp;co@copper.example', emails: ['x@copper.example'] }),
    );
    expect(outcome).toMatchObject({ ok: true, identity: { subject: "o'robin&co@copper.example" } });
  });
});

describe('documents that are none, or too much', () => {
  const quickly = async (text: string, reason: Reason) => {
    const started = process.cpuUsage();
    const before = process.memoryUsage().rss;
    const outcome = await verifyEncoded(text);
    const ms = spentSince(started);
    expect(outcome.ok ? 'accepted' : outcome.reason).toBe(reason);
    expect(ms).toBeLessThan(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  };
  const big = 180_000;
  const cases: [string, () => string, Reason][] = [
    ['DOCTYPE', () => encoded(`<!DOCTYPE x>${answer()}`), 'xml-forbidden'],
    [
      'internal entity',
      () => encoded(`<!DOCTYPE x [<!ENTITY e "robin">]>${answer({ nameIdXml: '&#38;e;' })}`),
      'xml-forbidden',
    ],
    [
      'external entity',
      () => encoded(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${answer()}`),
      'xml-forbidden',
    ],
    ['entity of nobody', () => encoded(answer().replace('robin@', '&robin;@')), 'xml-forbidden'],
    ['deep nesting', () => encoded('<a>'.repeat(10_000) + '</a>'.repeat(10_000)), 'xml-forbidden'],
    [
      'deep nesting in a good answer',
      () =>
        encoded(answer().replace('</samlp:Status>', `${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}</samlp:Status>`)),
      'xml-forbidden',
    ],
    [
      'a megabyte',
      () =>
        encoded(
          answer().replace(
            '<samlp:Status>',
            `<samlp:Extensions>${'x'.repeat(1 << 20)}</samlp:Extensions><samlp:Status>`,
          ),
        ),
      'too-large',
    ],
    ['many elements', () => encoded(`<a>${'<b/>'.repeat(big / 4)}</a>`), 'xml-forbidden'],
    [
      'many attributes',
      () => encoded(`<a ${Array.from({ length: 9000 }, (_, at) => `a${at}="${at}"`).join(' ')}/>`),
      'xml-forbidden',
    ],
    [
      'many namespaces',
      () => encoded(`<a>${Array.from({ length: 3500 }, (_, at) => `<b xmlns:n${at}="urn:x:${at}"/>`).join('')}</a>`),
      'xml-forbidden',
    ],
    ['open tags to the end', () => encoded('<'.repeat(big)), 'not-xml'],
    ['an attribute without an end', () => encoded(`<a b="${' c='.repeat(big / 3)}`), 'not-xml'],
    ['white space in a tag', () => encoded(`<a${' '.repeat(big)}b`), 'not-xml'],
    ['bad base64', () => `${encoded(answer()).slice(0, -3)}*!=`, 'not-xml'],
    ['base64 of the URL kind', () => '-_-_', 'not-xml'],
    ['nothing', () => '', 'not-xml'],
    ['a deflate bomb', () => deflateRawSync(Buffer.alloc(50 << 20)).toString('base64'), 'not-xml'],
    [
      'bytes that are no UTF-8',
      () => Buffer.concat([Buffer.from(answer()), Buffer.from([0xff, 0xfe])]).toString('base64'),
      'not-xml',
    ],
    ['UTF-16', () => Buffer.from(`\ufeff${answer()}`, 'utf16le').toString('base64'), 'not-xml'],
    ['an encoding of its own', () => encoded(`<?xml version="1.0" encoding="UTF-7"?>${answer()}`), 'xml-forbidden'],
    ['two roots', () => encoded(`${answer()}${answer()}`), 'not-xml'],
    ['words behind the root', () => encoded(`${answer()}x`), 'not-xml'],
    ['JSON', () => encoded('{"a":1}'), 'not-xml'],
    ['HTML', () => encoded('<!doctype html><p>no'), 'xml-forbidden'],
    ['another message', () => encoded(answer().replaceAll('samlp:Response', 'samlp:LogoutResponse')), 'not-xml'],
    [
      'a response of another namespace',
      () => encoded(answer().replace('urn:oasis:names:tc:SAML:2.0:protocol', 'urn:oasis:names:tc:SAML:1.1:protocol')),
      'not-xml',
    ],
  ];
  for (const [name, text, reason] of cases) test(name, () => quickly(text(), reason));

  test('their twins are accepted: a declaration, a byte order mark, line breaks, three hundred groups', async () => {
    await expectUser(`<?xml version="1.0" encoding="UTF-8"?>\n${answer()}\n`);
    await expectUser(`\ufeff${answer()}`);
    const groups = Array.from({ length: 300 }, (_, at) => `CN=Group ${at},OU=People,DC=copper,DC=example`);
    await expectUser(answer({ attributes: { groups } }));
    const lines = signed(answerXml(right).replaceAll('><', '>\n<'), idp);
    await expectUser(lines);
    await expectUser(lines.replaceAll('\n', '\r\n'));
    expect(await verifyEncoded(encoded(answer()).replace(/.{76}/g, '$&\r\n'))).toMatchObject({ ok: true });
  });

  test('the slowest accepted response is verified in time', async () => {
    const groups = Array.from({ length: 1900 }, (_, at) => `${at}`.padEnd(12, 'x'));
    const xml = answer({ attributes: { groups } });
    const started = process.cpuUsage();
    await expectUser(xml);
    expect(spentSince(started)).toBeLessThan(1500);
  });
});

describe('names that mean two things', () => {
  const cases: [string, () => string, Reason][] = [
    ['an attribute twice', () => answer().replace('Version="2.0"', 'Version="2.0" Version="2.0"'), 'not-xml'],
    [
      'an attribute under two prefixes',
      () => answer().replace('<samlp:Status>', '<samlp:Status xmlns:a="urn:x:1" xmlns:b="urn:x:1" a:y="1" b:y="2">'),
      'not-xml',
    ],
    [
      'a prefix that stands for nothing',
      () => answer().replace('<samlp:Status>', '<samlp:Extensions><nobody:x/></samlp:Extensions><samlp:Status>'),
      'not-xml',
    ],
    [
      'a relative namespace',
      () => answer().replace('<samlp:Status>', '<samlp:Status xmlns:a="./relative">'),
      'xml-forbidden',
    ],
    [
      'an empty namespace for a prefix',
      () => answer().replace('<samlp:Status>', '<samlp:Status xmlns:a="">'),
      'xml-forbidden',
    ],
    [
      'a subject of another namespace',
      () =>
        signed(
          answerXml(right)
            .replaceAll('saml:Subject>', 'e:Subject>')
            .replace('<e:Subject>', '<e:Subject xmlns:e="urn:evil:1">'),
          idp,
        ),
      'confirmation',
    ],
    [
      'two subjects',
      () => signed(answerXml(right).replace(/(<saml:Subject>[\s\S]*<\/saml:Subject>)/, '$1$1'), idp),
      'confirmation',
    ],
    [
      'two NameIDs',
      () => signed(answerXml(right).replace(/(<saml:NameID[\s\S]*<\/saml:NameID>)/, '$1$1'), idp),
      'name-id',
    ],
    [
      'two issuers',
      () =>
        signed(
          answerXml({ ...right, assertionIssuer: `${issuer}</saml:Issuer><saml:Issuer>https://evil.example` }),
          idp,
        ),
      'issuer',
    ],
    [
      'two Conditions',
      () => signed(answerXml(right).replace(/(<saml:Conditions[\s\S]*<\/saml:Conditions>)/, '$1$1'), idp),
      'audience',
    ],
    [
      'a condition that nobody knows',
      () => signed(answerXml(right).replace('</saml:Conditions>', '<saml:Condition/></saml:Conditions>'), idp),
      'audience',
    ],
  ];
  for (const [name, wrong, reason] of cases) pair(name, wrong, reason, () => answer());
});

describe('who it is', () => {
  pair(
    'empty NameID',
    () => answer({ nameIdXml: ' ' }),
    'name-id',
    () => answer(),
  );
  pair(
    'transient NameID',
    () => answer({ format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }),
    'name-id',
    () => answer({ format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' }),
  );
  pair(
    'e-mail with two values',
    () => answer({ emails: ['robin@copper.example', 'owner@copper.example'] }),
    'email-ambiguous',
    () => answer({ emails: ['robin@copper.example', 'Robin@copper.example'] }),
  );
  pair(
    'e-mail under two names',
    () => answer({ attributes: { email: ['owner@copper.example'] } }),
    'email-ambiguous',
    () => answer({ attributes: { email: ['robin@copper.example'] } }),
  );
  pair(
    'a NameID of endless length',
    () => answer({ nameIdXml: 'x'.repeat(1025), emails: ['robin@copper.example'] }),
    'name-id',
    () => answer(),
  );

  test('the attribute that the connection names counts, and no other', async () => {
    const xml = answer({ attributes: { workmail: ['r.achterberg@copper.example'] } });
    const settings = { emailAttribute: 'workMail' };
    expect(await verify(xml, { settings })).toMatchObject({ identity: { email: 'r.achterberg@copper.example' } });
    expect(await verify(answer(), { settings })).toMatchObject({ ok: true, identity: { email: null } });
  });

  test('an email address as the only name counts as an address, another name does not', async () => {
    expect(await verify(answer({ emails: [] }))).toMatchObject({ identity: { email: 'robin@copper.example' } });
    const persistent = { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', emails: [] };
    expect(await verify(answer(persistent))).toMatchObject({ ok: true, identity: { email: null } });
  });

  test('a second factor at the provider is known by its context', async () => {
    for (const authnContext of [
      'https://refeds.org/profile/mfa',
      'http://schemas.microsoft.com/claims/multipleauthn',
    ]) {
      expect(await verify(answer({ authnContext }))).toMatchObject({ identity: { secondFactor: true } });
    }
  });
});

describe('encrypted assertions', () => {
  const hidden = async (xml = answer(), to: Pick<SamlKeys, 'certificate'> = ours) => encrypted(xml, to);
  pair(
    'to somebody else',
    () => hidden(answer(), stranger),
    'encryption',
    () => hidden(),
  );
  pair(
    'unsigned inside',
    () => hidden(answerXml(right)),
    'signature-missing',
    () => hidden(),
  );
  pair(
    'unsigned inside a signed response',
    async () => signed(await hidden(answerXml(right)), idp, 'Response'),
    'signature-missing',
    async () => signed(await hidden(), idp, 'Response'),
  );
  pair(
    'SHA-1 inside',
    () => hidden(signed(answerXml(right), idp, 'Assertion', { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' })),
    'algorithm',
    () => hidden(),
  );
  pair(
    'a stranger’s signature inside',
    () => hidden(signed(answerXml(right), stranger)),
    'unknown-key',
    () => hidden(),
  );
  pair(
    'comment inside',
    () => hidden(answer({ nameIdXml: 'robin@copper.example<!---->.evil.example' })),
    'xml-forbidden',
    () => hidden(),
  );
  pair(
    'wrong recipient inside',
    () => hidden(answer({ recipient: 'https://evil.example/acs' })),
    'recipient',
    () => hidden(),
  );
  pair(
    'a second one in the open',
    async () =>
      (await hidden()).replace('<saml:EncryptedAssertion>', `${assertionXml(right)}<saml:EncryptedAssertion>`),
    'assertion-count',
    () => hidden(),
  );
  pair(
    'key transport whose failures can be told apart',
    () =>
      encrypted(
        answer(),
        ours,
        'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
        'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
      ),
    'encryption',
    () => encrypted(answer(), ours, 'http://www.w3.org/2001/04/xmlenc#aes128-cbc'),
  );
  pair(
    'bytes changed',
    async () => (await hidden()).replace(/(CipherValue>.{400})../, '$1AA'),
    'encryption',
    () => hidden(),
  );
});

describe('keys of the provider', () => {
  test('during a change of keys either is accepted, the retired one afterwards is not', async () => {
    const next = stranger;
    const withNext = signed(answerXml(right), next);
    const both = { settings: { certificates: [idp.certificate, next.certificate] } };
    await expectUser(answer(), both);
    await expectUser(withNext, both);
    const onlyNext = { settings: { certificates: [next.certificate] } };
    await expectUser(withNext, onlyNext);
    await expectRefused(answer(), 'unknown-key', onlyNext);
  });

  test('a certificate that has gone from the metadata counts for one day more', async () => {
    const gone = (hours: number) => ({
      settings: {
        certificates: [
          { ...idp.certificate, goneSince: new Date(Date.now() - hours * 3_600_000).toISOString() },
          stranger.certificate,
        ],
      },
    });
    await expectUser(answer(), gone(23));
    await expectRefused(answer(), 'signature', gone(25));
  });

  test('an expired certificate verifies nothing', async () => {
    const expired = { ...idp.certificate, notAfter: new Date(Date.now() - 1000).toISOString() };
    await expectRefused(answer(), 'certificate-expired', { settings: { certificates: [expired] } });
  });

  test('the key of another kind opens nothing', async () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await expectRefused(await encrypted(answer(), ours), 'encryption', { privateKey });
  });
});

test('a thousand answers changed at random: refused, or still exactly the one that was signed', async () => {
  const random = seeded(20_261_122);
  const good = signed(answer({ sessionIndex: '_s1' }), idp, 'Response');
  const evil = assertionXml({ ...right, nameId: 'owner@copper.example' });
  const right1 = await expectUser(good);
  const told = JSON.stringify(right1.ok && right1.identity);
  let accepted = 0;
  for (let turn = 0; turn < 1000; turn++) {
    let xml = good;
    for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) xml = changed(xml, evil, random);
    const outcome = await verify(xml);
    if (!outcome.ok) continue;
    accepted += 1;
    expect(JSON.stringify(outcome.identity), xml).toBe(told);
    expect(outcome.requestId).toBe(requestId);
  }
  // Changes that change nothing are among them: white space, a declaration, an element copied over
  // itself.
  expect(accepted).toBeLessThan(300);
}, 120_000);

/**
 * Takes an element out, doubles it, moves it, wraps it, or changes its name, its text or an
 * attribute; or slips something in.
 */
function changed(xml: string, evil: string, random: () => number) {
  const pick = <One>(list: One[]) => list[Math.floor(random() * list.length)] as One;
  const elements = [...xml.matchAll(/<([A-Za-z]+:[A-Za-z]+)(?: [^>]*)?>/g)].filter(([text]) => !text.endsWith('/>'));
  const spans = elements.flatMap(({ index, 1: name = '' }) => {
    const end = xml.indexOf(`</${name}>`, index);
    return end < 0 ? [] : [{ from: index, to: end + name.length + 3, name }];
  });
  if (spans.length === 0) return xml;
  const one = pick(spans);
  const other = pick(spans);
  const text = xml.slice(one.from, one.to);
  const insert = (at: number, what: string) => xml.slice(0, at) + what + xml.slice(at);
  const without = () => xml.slice(0, one.from) + xml.slice(one.to);
  const forms: (() => string)[] = [
    () => without(),
    () => insert(one.to, text),
    () => insert(other.from, text),
    () => insert(other.to, evil),
    () => insert(other.from + xml.slice(other.from).indexOf('>') + 1, evil),
    () =>
      xml.replace(
        text,
        () => `<x:${pick(['Extensions', 'Object', 'Advice'])} xmlns:x="urn:x:1">${text}</x:Extensions>`,
      ),
    () => insert(one.from, pick(['<!---->', '<?x?>', ' ', '\n', '&#32;', 'x', '<x/>', '<![CDATA[x]]>', '&amp;'])),
    () => xml.replaceAll('robin@', pick(['owner@', 'robin@x', 'ROBIN@'])),
    () => xml.replace(/robin@/, 'owner@'),
    () =>
      xml.replace(
        pick([/ ID="[^"]+"/, / Recipient="[^"]+"/, / InResponseTo="[^"]+"/, / Destination="[^"]+"/, / URI="[^"]+"/]),
        '',
      ),
    () => xml.replace(/ ID="([^"]+)"/, pick([' ID="_other"', ' Id="$1"', ' ID="$1" x="$1"', ' ID="$1" xml:id="$1"'])),
    () => xml.replaceAll(pick(['saml:', 'samlp:', 'ds:']), pick(['saml:', 'samlp:', 'ds:', 'x:'])),
    () => xml.replace('urn:oasis:names:tc:SAML:2.0:assertion', pick(['urn:x:1', '', './x'])),
  ];
  return pick(forms)();
}

function seeded(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Milliseconds of this process's own work: however busy the machine is with others, they do not
 * count.
 */
function spentSince(start: NodeJS.CpuUsage) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
