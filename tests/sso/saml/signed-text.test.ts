import { expect, test } from 'vitest';
import { screenXml } from '@/lib/sso/saml/screen-xml';
import { verifyLogoutForm } from '@/lib/sso/saml/verify-logout';
import { encoded, newId, samlKeys, signed } from '@/tests/support/saml-answers';

/**
 * What is read of a signed message is what was signed, however the document around it is written.
 */

const issuer = 'https://idp.copper.example/metadata';
const logout = 'https://copper.gatehouse.test/sso/saml/1/logout';

const before = '<x:mark xmlns:x="urn:a"></x:mark>';
const session = '<samlp:SessionIndex>one</samlp:SessionIndex>';
const after = '<x:mark xmlns:x="urn:b"></x:mark>';

function requestXml() {
  return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${newId()}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${logout}"><saml:Issuer>${issuer}</saml:Issuer><saml:NameID>robin</saml:NameID>${before}${session}${after}</samlp:LogoutRequest>`;
}

test('markup inside a namespace cannot imitate signed elements', async () => {
  const keys = await samlKeys();
  const party = { issuer, settings: { certificates: [keys.certificate] } as never, decryptionKeys: [] };
  const verify = (xml: string) => {
    const form = new URLSearchParams({ SAMLRequest: encoded(xml) });
    return verifyLogoutForm(form, party, { logout, entityId: 'x', now: new Date() });
  };
  const right = signed(requestXml(), keys, 'LogoutRequest');
  expect(await verify(right)).toMatchObject({ ok: true, nameId: 'robin', indexes: ['one'] });
  // Written without escaping, this one namespace is the three elements that were signed.
  const inside = `urn:a"></x:mark>${session}<x:mark xmlns:x="urn:b`.replace(
    /[<>" ]/g,
    (one) => `&#${one.charCodeAt(0)};`,
  );
  const signedPart = /<x:mark xmlns:x="urn:a".*urn:b"(\/>|><\/x:mark>)/;
  expect(right).toMatch(signedPart);
  const changed = right.replace(signedPart, () => `<x:mark xmlns:x="${inside}"></x:mark>`);
  expect(await verify(changed)).toMatchObject({ ok: false });
});

test.each(['"&lt;"', '"urn:a&quot;b"', "'urn:a\"b'", '"urn:a>b"', '"urn:a&#32;b"', '"urn:a&amp;b"'])(
  'a namespace of %s is refused before anything is parsed',
  (value) => expect(screenXml(`<a xmlns:x=${value}/>`)?.what).toBe('namespace'),
);
