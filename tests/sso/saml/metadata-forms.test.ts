import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchMetadata, readMetadata } from '@/lib/sso/saml/metadata';
import { samlKeys } from '@/tests/support/saml-answers';

/**
 * Metadata as providers and their administrators' editors write it: legal XML in every usual
 * encoding.
 */

let [certificate, served] = ['', ''] as [string, Buffer | string];
let contentType = 'text/xml';
const server = createServer((_request, response) => {
  response.setHeader('content-type', contentType);
  response.end(served);
});
beforeAll(async () => {
  certificate = (await samlKeys()).certificate.pem.replace(/-----[^-]+-----|\s/g, '');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** Metadata whose entity ID holds `name`, so that what was decoded can be read. */
function xml({
  declaration = '',
  name = 'Côté “Nord” €',
  before = '',
  inside = '',
  services = `<md:SingleSignOnService Binding="${REDIRECT}" Location="https://idp.example/sso"/>`,
} = {}) {
  return `${declaration}${before}<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="urn:idp:${name}">${inside}<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>${services}</md:IDPSSODescriptor></md:EntityDescriptor>`;
}

const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n`;
const windows = (text: string) =>
  Buffer.from(text.replace('“', '\x93').replace('”', '\x94').replace('€', '\x80'), 'latin1');
const utf16 = (text: string, bigEndian = false) => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const bom = (bytes: Buffer, mark: number[]) => Buffer.concat([Buffer.from(mark), bytes]);
const [LE, BE, UTF8] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0xef, 0xbb, 0xbf],
];

type Read = ReturnType<typeof readMetadata> | Awaited<ReturnType<typeof fetchMetadata>>;
const idOf = (read: Read) => (read.ok ? read.metadata.entityId : read.error);
const NAME = 'urn:idp:Côté “Nord” €';

describe('an encoding that is named or shows itself is decoded', () => {
  const cases: [string, () => Buffer | string][] = [
    ['UTF-8 without a declaration', () => Buffer.from(xml())],
    ['UTF-8 with a byte order mark', () => bom(Buffer.from(xml({ declaration: declared('utf-8') })), UTF8)],
    ['Windows-1252', () => windows(xml({ declaration: declared('windows-1252') }))],
    [
      'Windows-1252 in capitals and single quotes',
      () => windows(xml({ declaration: "<?xml version='1.0' encoding='Windows-1252'?>" })),
    ],
    ['UTF-16 little endian by its mark', () => bom(utf16(xml()), LE)],
    ['UTF-16 big endian by its mark', () => bom(utf16(xml(), true), BE)],
    ['UTF-16 by mark and declaration', () => bom(utf16(xml({ declaration: declared('UTF-16') })), LE)],
    ['UTF-16 by declaration alone', () => utf16(xml({ declaration: declared('utf-16') }))],
    ['UTF-16BE by declaration alone', () => utf16(xml({ declaration: declared('UTF-16BE') }), true)],
    ['pasted text, whatever it was saved as', () => xml({ declaration: declared('windows-1252') })],
    ['pasted text that was UTF-16', () => `\ufeff${xml({ declaration: declared('utf-16') })}`],
  ];
  for (const [name, bytes] of cases) test(name, () => expect(idOf(readMetadata(bytes()))).toBe(NAME));

  test('ISO-8859-1 and US-ASCII', () => {
    const latin = xml({ declaration: declared('iso-8859-1'), name: 'Côté' });
    expect(idOf(readMetadata(Buffer.from(latin, 'latin1')))).toBe('urn:idp:Côté');
    const ascii = xml({ declaration: declared('us-ascii'), name: 'C&#244;t&#xe9;' });
    expect(idOf(readMetadata(Buffer.from(ascii)))).toBe('urn:idp:Côté');
  });
});

describe('an encoding that contradicts the bytes is refused with what was found', () => {
  const cases: [string, () => Buffer | string, object][] = [
    [
      'UTF-8 mark, other declaration',
      () => bom(Buffer.from(xml({ declaration: declared('windows-1252') })), UTF8),
      { error: 'metadata-encoding-conflict', found: 'WINDOWS-1252', actual: 'UTF-8' },
    ],
    [
      'UTF-16 mark, declared UTF-8',
      () => bom(utf16(xml({ declaration: declared('utf-8') })), LE),
      { error: 'metadata-encoding-conflict', found: 'UTF-8', actual: 'UTF-16LE' },
    ],
    [
      'UTF-16 mark of the other order',
      () => bom(utf16(xml({ declaration: declared('utf-16be') })), LE),
      { error: 'metadata-encoding-conflict' },
    ],
    [
      'declared UTF-16, written as ASCII',
      () => Buffer.from(xml({ declaration: declared('utf-16') })),
      { error: 'metadata-encoding-conflict' },
    ],
    ['UTF-16 with neither mark nor declaration', () => utf16(xml()), { error: 'metadata-encoding-conflict' }],
    [
      'UTF-7',
      () => Buffer.from(xml({ declaration: declared('UTF-7') })),
      { error: 'metadata-encoding', found: 'UTF-7' },
    ],
    ['UTF-7 pasted', () => xml({ declaration: declared('UTF-7') }), { error: 'metadata-encoding', found: 'UTF-7' }],
    ['UTF-32', () => bom(Buffer.from(xml()), [0xff, 0xfe, 0, 0]), { error: 'metadata-encoding', found: 'UTF-32' }],
    [
      'EBCDIC by name',
      () => Buffer.from(xml({ declaration: declared('IBM037') })),
      { error: 'metadata-encoding', found: 'IBM037' },
    ],
    [
      'Latin-1 bytes without a declaration',
      () => Buffer.from(xml({ name: 'Côté' }), 'latin1'),
      { error: 'metadata-bytes', found: 'UTF-8' },
    ],
    [
      'a byte beyond US-ASCII',
      () => Buffer.from(xml({ declaration: declared('us-ascii'), name: 'Côté' }), 'latin1'),
      { error: 'metadata-bytes', found: 'US-ASCII' },
    ],
    [
      'half a character of UTF-16',
      () => bom(Buffer.concat([utf16(xml()), Buffer.from('x')]), LE),
      { error: 'metadata-bytes' },
    ],
    ['a lone surrogate', () => bom(utf16(xml({ name: '\ud800' })), LE), { error: 'metadata-bytes' }],
    ['two byte order marks', () => bom(bom(Buffer.from(xml()), UTF8), UTF8), { error: 'metadata-malformed' }],
    ['NUL', () => Buffer.from(xml({ name: 'a\0b' })), { error: 'metadata-malformed', found: 'U+0000' }],
    [
      'XML 1.1',
      () => Buffer.from(xml({ declaration: '<?xml version="1.1"?>' })),
      { error: 'metadata-version', found: '1.1' },
    ],
    [
      'an encoding named like a method of every object',
      () => Buffer.from(xml({ declaration: declared('constructor') })),
      { error: 'metadata-encoding' },
    ],
  ];
  for (const [name, bytes, failure] of cases) test(name, () => expect(readMetadata(bytes())).toMatchObject(failure));
});

describe('over the network the header counts too', () => {
  const fetched = async (type: string, bytes: Buffer) => {
    [contentType, served] = [type, bytes];
    return idOf(await fetchMetadata(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  };
  test('alone, beside a declaration, and against one', async () => {
    const undeclared = xml();
    expect(await fetched('text/xml; charset=windows-1252', windows(undeclared))).toBe(NAME);
    expect(await fetched('text/xml; charset="UTF-16"', utf16(undeclared))).toBe(NAME);
    expect(await fetched('text/xml; charset=utf-8', windows(xml({ declaration: declared('windows-1252') })))).toBe(
      NAME,
    );
    expect(await fetched('text/xml;charset=ISO-8859-1', Buffer.from(xml({ declaration: declared('utf-8') })))).toBe(
      NAME,
    );
    expect(await fetched('text/xml; charset=x-unknown', Buffer.from(undeclared))).toBe(NAME);
    expect(await fetched('text/html; charset=utf-8', Buffer.from('<!DOCTYPE html><title>Sign in</title>'))).toBe(
      'metadata-html',
    );
  });
});

describe('markup that metadata may hold', () => {
  const accepted = (): [string, string][] => [
    ['a style sheet', xml({ before: '<?xml-stylesheet type="text/xsl" href="metadata.xsl"?>' })],
    [
      'a style sheet behind a declaration',
      xml({ declaration: declared('utf-8'), before: '<!-- ADFS --><?xml-stylesheet href="a.xsl"?>\n' }),
    ],
    [
      'CDATA in a name',
      xml({ inside: '<md:Extensions><a xmlns="urn:x:1"><![CDATA[R&D <Nord>]]></a></md:Extensions>' }),
    ],
    [
      'a default namespace that is removed',
      xml({ inside: '<md:Extensions><a xmlns="urn:x:1"><b xmlns=""/></a></md:Extensions>' }),
    ],
    ['an instruction between elements', xml({ inside: '<?editor version 3?>' })],
    ['nothing special', xml()],
  ];
  test('is read', () => {
    for (const [name, text] of accepted()) expect([name, idOf(readMetadata(text))]).toEqual([name, NAME]);
  });

  const refused = (): [string, string, object][] => [
    [
      'a DOCTYPE',
      xml({ before: '\n<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">' }),
      { error: 'metadata-doctype', line: 2 },
    ],
    ['an entity', xml({ name: '&company;' }), { error: 'metadata-entity', found: '&company;', line: 1 }],
    [
      'an empty namespace for a prefix',
      xml({ inside: '<a xmlns:p=""/>' }),
      { error: 'metadata-namespace', found: 'xmlns:p=""' },
    ],
    ['a relative namespace', xml({ inside: '<a xmlns="x"/>' }), { error: 'metadata-namespace', found: 'xmlns="x"' }],
    ['a second declaration', xml({ before: '<a/>', inside: '<?xml version="1.0"?>' }), { error: 'metadata-malformed' }],
    ['a declaration inside', xml({ inside: '<?XML version="1.0"?>' }), { error: 'metadata-malformed' }],
    ['CDATA outside the root', `${xml()}<![CDATA[x]]>`, { error: 'metadata-malformed' }],
    ['a comment without an end', xml({ inside: '<!-- ' }), { error: 'metadata-malformed' }],
    [
      'an element that is not closed',
      xml().replace('</md:EntityDescriptor>', '\n'),
      { error: 'metadata-malformed', line: 1 },
    ],
    ['a web page', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', { error: 'metadata-html' }],
    ['JSON', ' {"issuer":"https://idp.example"}', { error: 'metadata-json' }],
    ['a certificate', '-----BEGIN CERTIFICATE-----', { error: 'metadata-text', found: '-----BEGIN CERTIFICATE-----' }],
    ['another document', '<rss xmlns="urn:x:1"/>', { error: 'metadata-root', found: 'rss' }],
    [
      'a service provider',
      xml({ name: 'sp' }).replaceAll('IDPSSO', 'SPSSO'),
      { error: 'metadata-sp', found: 'urn:idp:sp' },
    ],
    [
      'WS-Federation alone',
      xml({ name: 'adfs' })
        .replaceAll('IDPSSODescriptor', 'RoleDescriptor')
        .replace('urn:oasis:names:tc:SAML:2.0:protocol', 'http://docs.oasis-open.org/wsfed/federation/200706'),
      { error: 'metadata-ws-fed', found: 'urn:idp:adfs' },
    ],
    [
      'two providers',
      `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${xml({ name: 'a' })}${xml({ name: 'b' })}</md:EntitiesDescriptor>`,
      { error: 'metadata-several', count: 2, found: 'urn:idp:a, urn:idp:b' },
    ],
  ];
  test('what it may not hold is refused with what was found', () => {
    for (const [name, text, failure] of refused()) expect([name, readMetadata(text)]).toMatchObject([name, failure]);
  });
});

describe('where messages go', () => {
  const service = (name: string, binding: string, location: string, more = '') =>
    `<md:${name} Binding="${binding}" Location="${location}"${more}/>`;
  const read = (services: string) => readMetadata(xml({ services }));

  test('by redirect where the provider offers it, else by a form', () => {
    const post = service('SingleSignOnService', POST, 'https://idp.example/post');
    const redirect = service('SingleSignOnService', REDIRECT, 'https://idp.example/redirect');
    expect(read(post)).toMatchObject({ metadata: { signOnUrl: 'https://idp.example/post', signOnBinding: 'post' } });
    expect(read(post + redirect)).toMatchObject({
      metadata: { signOnUrl: 'https://idp.example/redirect', signOnBinding: 'redirect' },
    });
    const logout = service(
      'SingleLogoutService',
      POST,
      'https://idp.example/out',
      ' ResponseLocation="https://idp.example/done"',
    );
    expect(read(redirect + logout)).toMatchObject({
      metadata: {
        logoutUrl: 'https://idp.example/out',
        logoutBinding: 'post',
        logoutResponseUrl: 'https://idp.example/done',
      },
    });
  });

  test('an address that could extend the content security policy or run a script is refused', () => {
    for (const location of [
      'https://idp.example;script-src *',
      'https://a,b.example/',
      'https://*.example/',
      'javascript:alert(1)',
      'http://idp.example/',
      'https://u:p@idp.example/',
    ])
      expect([location, read(service('SingleSignOnService', POST, location))]).toMatchObject([
        location,
        { error: 'metadata-no-sign-on' },
      ]);
  });
});
