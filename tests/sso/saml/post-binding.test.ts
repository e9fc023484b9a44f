import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEncoded } from '@/lib/sso/saml/message';
import { readMetadata } from '@/lib/sso/saml/metadata';
import { signatureOf } from '@/lib/sso/saml/signatures';
import { verifyEnveloped } from '@/lib/sso/saml/xml-signature';
import { findFailure, listFailures } from '@/lib/sso/sign-in/failures';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { encoded } from '@/tests/support/saml-answers';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { type SamlIdp, startSamlIdp } from '@/tests/support/saml-idp';
import { newTenant, newUser } from '@/tests/support/users';

/** Providers that take messages by a form alone, and what anyone can post to us, over HTTP. */

const product = instances(1);
let idp: SamlIdp;
beforeAll(async () => {
  idp = await startSamlIdp();
});
afterAll(() => idp.stop());

const byForm = { signOnBinding: 'post', logoutBinding: 'post' } as const;

async function office(settings: Parameters<typeof newSamlConnection>[2] = { settings: byForm }) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newSamlConnection(tenant, idp, settings);
  const user = await newUser(tenant);
  const person = visitor({ port: product.app().port, host: tenant.host });
  const base = `/sso/saml/${connection.id}`;
  return { tenant, connection, user, person, base };
}

type Page = { status: number; body: string; headers: Record<string, unknown> };

/**
 * Reads the form of a page that posts itself, and checks that it is the one thing its policy
 * allows.
 */
function formIn({ status, body, headers }: Page, action: string) {
  expect(status).toBe(200);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain(`form-action ${new URL(action).origin};`);
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '-';
  expect(body).toContain(`<script nonce="${nonce}">`);
  const unescaped = (text = '') => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  expect(unescaped(/<form method="post" action="([^"]+)"/.exec(body)?.[1])).toBe(action);
  expect(body).toMatch(/<button>\S/);
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = '', value]) => [name, unescaped(value)]));
}

function signedBy(message: string | undefined, { connection }: Awaited<ReturnType<typeof office>>) {
  const opened = openEncoded(message ?? '');
  if (!opened.ok) throw new Error(opened.reason);
  const signature = signatureOf(opened.root);
  const text = signature && verifyEnveloped(opened.root, signature, [connection.settings.ourCertificate]);
  expect(text).toBeDefined();
  return opened;
}

test('a provider that offers HTTP-POST alone gets a signed form; no other response names it', async () => {
  const place = await office();
  const page = await place.person.get(`/sso/start/${place.connection.id}?return_to=%2Fsettings%2Fprofile`);
  const fields = formIn(page, idp.signOnUrl);
  const { root } = signedBy(fields.SAMLRequest, place);
  expect(root.getAttribute('Destination')).toBe(idp.signOnUrl);
  const id = root.getAttribute('ID') ?? '';
  const to = {
    acs: `https://${place.tenant.host}${place.base}/acs`,
    issuer: `https://${place.tenant.host}${place.base}/metadata`,
  };
  const nameId = place.user.email ?? '';
  const answer = await idp.answer({ name: 'x', nameId }, { ...to, id, relayState: null });
  const posted = await place.person.ask(`${place.base}/acs`, {
    method: 'POST',
    bare: true,
    body: new URLSearchParams(answer.fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: idp.url },
  });
  expect((await place.person.get(posted.location ?? '')).location).toBe('/settings/profile');
  const other = await place.person.get('/settings/profile');
  expect(String(other.headers['content-security-policy'])).toContain(`form-action 'self'`);

  const out = await place.person.submit('/home', {}, { button: 'Sign out' });
  const [, link = ''] =
    /href="(\/signed-out\/company[^"]+)"/.exec((await place.person.get(out.location ?? '')).body) ?? [];
  const leaving = formIn(await place.person.get(link.replaceAll('&amp;', '&')), idp.logoutUrl);
  expect(signedBy(leaving.SAMLRequest, place).root.localName).toBe('LogoutRequest');
});

test('its logout request is answered by a form at its response address, with its RelayState', async () => {
  const logoutResponseUrl = `${idp.url}/done?a=1&b="2"`;
  const place = await office({ settings: { ...byForm, logoutResponseUrl } });
  const logout = `https://${place.tenant.host}${place.base}/logout`;
  const xml = idp.logoutRequestXml(logout, { nameId: 'nobody@copper.example' });
  const address = idp.redirectWith('SAMLRequest', logout, xml, { relayState: '"><script>' });
  const fields = formIn(await place.person.get(address.replace(/^https:\/\/[^/]+/, '')), logoutResponseUrl);
  expect(fields.RelayState).toBe('"><script>');
  expect(signedBy(fields.SAMLResponse, place).root.localName).toBe('LogoutResponse');
});

test('a connection from before bindings were kept goes by redirect', async () => {
  const place = await office({});
  const read = readMetadata(idp.metadata());
  expect(read).toMatchObject({ metadata: { signOnBinding: 'redirect' } });
  await admin()`update sso_connections set settings = settings - 'signOnBinding' where id = ${place.connection.id}`;
  const { status, location } = await place.person.get(`/sso/start/${place.connection.id}`);
  expect(status).toBe(303);
  expect(location).toContain(`${idp.signOnUrl}?SAMLRequest=`);
});

test('an answer that is too large leads to a page with a code', async () => {
  const place = await office();
  const post = (size: number) =>
    place.person.ask(`${place.base}/acs`, {
      method: 'POST',
      bare: true,
      body: `SAMLResponse=${'A'.repeat(size)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: idp.url },
    });
  for (const size of [800_000, 3_000_000]) {
    const { status, location } = await post(size);
    expect([size, status]).toEqual([size, 303]);
    const code = /sso=([a-z]+-[a-z]+-\d\d)$/.exec(location ?? '')?.[1] ?? '';
    expect(await findFailure(place.tenant, code)).toMatchObject({ reason: 'too-large' });
    expect((await place.person.get(location ?? '')).body).toContain(code);
  }
});

test('one address that posts without end is asked to wait before anything is read', async () => {
  const place = await office();
  const post = (path: string, body: string) =>
    place.person.ask(`${place.base}/${path}`, {
      method: 'POST',
      bare: true,
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: idp.url },
    });
  const body = `SAMLRequest=${encodeURIComponent(encoded('<a/>'))}`;
  for (let at = 0; at < 300; at += 20) await Promise.all(Array.from({ length: 20 }, () => post('logout', body)));
  for (const path of ['logout', 'acs']) expect((await post(path, body)).location).toBe('/sign-in?reason=sso-busy');
  expect((await listFailures(place.tenant)).length).toBeLessThanOrEqual(30);
});
