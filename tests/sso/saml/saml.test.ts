import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { createConnection, setEnabled } from '@/lib/sso/connections/change';
import { findFailure } from '@/lib/sso/sign-in/failures';
import { startApp } from '@/tests/support/app';
import { eventsOf } from '@/tests/support/audit';
import { visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { type AnswerText, answerXml, encoded, newId, signed } from '@/tests/support/saml-answers';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { type SamlIdp, startSamlIdp } from '@/tests/support/saml-idp';
import { newTenant, newUser } from '@/tests/support/users';

/**
 * SAML over HTTP, against two instances of the product: what a browser, a provider and an attacker
 * between them can do.
 */

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const product = instances(2);
let idp: SamlIdp;
beforeAll(async () => {
  idp = await startSamlIdp();
});
afterAll(() => idp.stop());

type Tenant = Awaited<ReturnType<typeof newTenant>>;
type Visitor = ReturnType<typeof visitor>;
type Office = Awaited<ReturnType<typeof office>>;

async function office(more: Parameters<typeof newSamlConnection>[2] = {}) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const connection = await newSamlConnection(tenant, idp, more);
  const user = await newUser(tenant);
  const base = `/sso/saml/${connection.id}`;
  const person = { name: user.username, nameId: user.email ?? '' };
  const at = (path: string) => `https://${tenant.host}${base}/${path}`;
  return { tenant, connection, user, person, base, acs: at('acs'), entityId: at('metadata'), logout: at('logout') };
}

function browser(tenant: Tenant, instance = 0) {
  return visitor({ port: product.app(instance).port, host: tenant.host });
}

/** Presses the button, and promises the provider's address with our request. */
async function press(person: Visitor, { connection }: Pick<Office, 'connection'>, query = '') {
  const answer = await person.get(`/sso/start/${connection.id}${query}`);
  expect(answer.status).toBeGreaterThanOrEqual(302);
  return answer.location ?? '';
}

/** Posts as the provider's page does: across sites, so without our cookies. */
function post(from: Visitor, acs: string, fields: Record<string, string>) {
  return from.ask(new URL(acs).pathname, {
    method: 'POST',
    bare: true,
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: idp.url, 'sec-fetch-site': 'cross-site' },
  });
}

async function signIn(from: Visitor, place: Office, query = '') {
  const { acs, fields, index } = await idp.answerTo(await press(from, place, query), place.person);
  const answer = await post(from, acs, fields);
  expect(answer.status).toBe(303);
  expect(answer.location).toMatch(/^\/sso\/complete\?t=/);
  return { landed: await from.get(answer.location ?? ''), index };
}

/** The right answer, changed on its way. */
async function answerWith(from: Visitor, place: Office, text: Partial<AnswerText>) {
  const asked = idp.readRequest(await press(from, place));
  const right = { issuer: idp.entityId, acs: place.acs, entityId: place.entityId, requestId: asked.id };
  const xml = signed(answerXml({ ...right, nameId: place.person.nameId, ...text }), idp.keys);
  return { xml, answer: await post(from, place.acs, { SAMLResponse: encoded(xml) }) };
}

async function sessionsOf(tenant: Tenant) {
  const rows = await admin()`select user_id from sessions where tenant_id = ${tenant.id} order by created_at`;
  return rows.map((row) => String(row.user_id));
}

/**
 * Refused is: a code for the person, the reason behind it for the administrator, one event, and
 * nobody signed in.
 */
async function expectRefused(tenant: Tenant, location: string | undefined, reason: string | RegExp) {
  const code = /^\/sign-in\?sso=([a-z]+-[a-z]+-\d\d)$/.exec(location ?? '')?.[1];
  expect(code, `${location}`).toBeDefined();
  const failure = await findFailure(tenant, code ?? '');
  expect(failure?.reason).toMatch(reason instanceof RegExp ? reason : new RegExp(`^${reason}$`));
  const events = (await eventsOf(tenant, 'authn_sso_fail')).filter(({ detail }) => detail.code === code);
  expect(events).toHaveLength(1);
}

test('a signed request and a signed response sign the user in', async () => {
  const place = await office();
  const { tenant, user } = place;
  const person = browser(tenant);
  idp.trust((await person.get(`${place.base}/metadata`)).body);
  const { landed } = await signIn(person, place, '?return_to=%2Fsettings%2Fprofile');
  expect(landed.location).toBe('/settings/profile');
  expect((await person.get('/settings/profile')).body).toContain(user.email);
  expect(await sessionsOf(tenant)).toEqual([user.id]);
  expect(await eventsOf(tenant, 'authn_login_success')).toMatchObject([
    { subject_id: user.id, detail: { factor: 'provider', connection: place.connection.id } },
  ]);
});

test('the same with the assertion encrypted to us, and the response signed as well', async () => {
  const place = await office({ settings: { responseSigned: true } });
  const person = browser(place.tenant);
  idp.trust((await person.get(`${place.base}/metadata`)).body);
  Object.assign(idp.knobs, { encrypt: true, signResponse: true });
  await signIn(person, place).finally(() => Object.assign(idp.knobs, { encrypt: false, signResponse: false }));
  expect(await sessionsOf(place.tenant)).toEqual([place.user.id]);
});

describe('an answer counts once', () => {
  test('twenty at once over two instances: one ticket, and afterwards none, also on an instance started later', async () => {
    const place = await office();
    const person = browser(place.tenant);
    const { acs, fields } = await idp.answerTo(await press(person, place), place.person);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => post(browser(place.tenant, at % 2), acs, fields)),
    );
    const good = all.filter(({ location }) => location?.startsWith('/sso/complete?t='));
    expect(good).toHaveLength(1);
    for (const { location } of all)
      if (location !== good[0]?.location) await expectRefused(place.tenant, location, 'flow-used');
    expect((await person.get(good[0]?.location ?? '')).location).toBe('/home');
    // The ticket is used up, too.
    await expectRefused(place.tenant, (await person.get(good[0]?.location ?? '')).location, 'flow-used');
    const later = await startApp();
    const again = await post(visitor({ port: later.port, host: place.tenant.host }), acs, fields).finally(() =>
      later.stop(),
    );
    await expectRefused(place.tenant, again.location, 'flow-used');
    expect(await sessionsOf(place.tenant)).toEqual([place.user.id]);
  });

  test('an assertion that has been used answers no second request', async () => {
    const place = await office();
    const person = browser(place.tenant);
    const assertionId = newId();
    const first = await answerWith(person, place, { assertionId });
    expect(first.answer.location).toMatch(/^\/sso\/complete/);
    const second = await answerWith(person, place, { assertionId });
    await expectRefused(place.tenant, second.answer.location, 'replay');
    expect((await answerWith(person, place, {})).answer.location).toMatch(/^\/sso\/complete/);
  });

  test('a request that was answered too late is refused', async () => {
    const place = await office();
    const person = browser(place.tenant);
    const address = await press(person, place);
    await age('sso_flows', 601, `tenant_id = '${place.tenant.id}'`);
    const { acs, fields } = await idp.answerTo(address, place.person);
    await expectRefused(place.tenant, (await post(person, acs, fields)).location, 'flow-expired');
  });
});

describe('an answer counts where it was asked for', () => {
  test('the ticket of one browser opens nothing in another', async () => {
    const place = await office();
    const attacker = browser(place.tenant);
    const victim = browser(place.tenant, 1);
    const { acs, fields } = await idp.answerTo(await press(attacker, place), place.person);
    const { location = '' } = await post(victim, acs, fields);
    await expectRefused(place.tenant, (await victim.get(location)).location, 'other-browser');
    await press(victim, place);
    await expectRefused(place.tenant, (await victim.get(location)).location, 'other-browser');
    expect(await sessionsOf(place.tenant)).toEqual([]);
    expect((await attacker.get(location)).location).toBe('/home');
  });

  test('the answer to one tenant opens nothing at another with the same provider', async () => {
    const [one, other] = [await office(), await office()];
    await newUser(other.tenant, { email: one.user.email });
    const person = browser(one.tenant);
    const { acs, fields } = await idp.answerTo(await press(person, one), one.person);
    const elsewhere = browser(other.tenant);
    await expectRefused(other.tenant, (await post(elsewhere, other.acs, fields)).location, 'flow-missing');
    // Also with a request of the other tenant under way, and its id in the place of ours.
    const asked = idp.readRequest(await press(elsewhere, other));
    const xml = signed(
      answerXml({
        issuer: idp.entityId,
        acs: one.acs,
        entityId: one.entityId,
        requestId: asked.id,
        nameId: one.person.nameId,
      }),
      idp.keys,
    );
    await expectRefused(
      other.tenant,
      (await post(elsewhere, other.acs, { SAMLResponse: encoded(xml) })).location,
      'audience|destination',
    );
    expect(await sessionsOf(other.tenant)).toEqual([]);
    expect((await post(person, acs, fields)).location).toMatch(/^\/sso\/complete/);
  });

  test('nor at another connection of the same tenant', async () => {
    const place = await office();
    const second = await startSamlIdp();
    const other = await newSamlConnection(place.tenant, second).finally(() => second.stop());
    const person = browser(place.tenant);
    const { fields } = await idp.answerTo(await press(person, place), place.person);
    const answer = await post(person, place.acs.replace(place.connection.id, other.id), fields);
    await expectRefused(place.tenant, answer.location, 'other-connection');
    expect(await sessionsOf(place.tenant)).toEqual([]);
  });

  test('hostile answers: each a code and a reason, none a session', async () => {
    const place = await office();
    const person = browser(place.tenant);
    const cases: [Partial<AnswerText>, string][] = [
      [{ recipient: 'https://evil.example/acs' }, 'recipient'],
      [{ destination: null }, 'destination'],
      [{ audience: 'https://evil.example' }, 'audience'],
      [{ assertionIssuer: 'https://evil.example' }, 'issuer'],
      [{ conditionsEndIn: -91 }, 'expired'],
      [{ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, 'status'],
      [{ confirmationRequestId: null }, 'in-response-to'],
      [{ emails: [], nameId: 'nobody', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }, 'name-id'],
    ];
    for (const [text, reason] of cases) {
      const { answer } = await answerWith(person, place, text);
      await expectRefused(place.tenant, answer.location, reason);
    }
    const { fields } = await idp.answerTo(await press(person, place), place.person);
    const unsigned = Buffer.from(fields.SAMLResponse, 'base64')
      .toString()
      .replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '');
    await expectRefused(
      place.tenant,
      (await post(person, place.acs, { SAMLResponse: encoded(unsigned) })).location,
      'signature-missing',
    );
    for (const rubbish of ['', 'x', encoded('<a/>'), encoded('<!DOCTYPE a>')]) {
      const { location } = await post(person, place.acs, { SAMLResponse: rubbish });
      await expectRefused(place.tenant, location, 'not-xml|xml-forbidden|unsolicited');
    }
    expect(await sessionsOf(place.tenant)).toEqual([]);
    const page = await person.get((await post(person, place.acs, {})).location ?? '');
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/[a-z]+-[a-z]+-\d\d/);
  });
});

describe('the user who is named', () => {
  test('no user of this tenant: another’s address, no address, a disabled user', async () => {
    const place = await office();
    const stranger = await newUser(await newTenant());
    const gone = await newUser(place.tenant, { status: 'disabled' });
    const person = browser(place.tenant);
    const cases: [Partial<AnswerText>, string][] = [
      [{ nameId: stranger.email ?? '' }, 'no-match'],
      [{ nameId: 'x7', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', emails: [] }, 'email-missing'],
      [{ nameId: gone.email ?? '' }, 'user-disabled'],
    ];
    for (const [text, reason] of cases) {
      const { answer } = await answerWith(person, place, text);
      await expectRefused(place.tenant, (await person.get(answer.location ?? '')).location, reason);
    }
    expect(await sessionsOf(place.tenant)).toEqual([]);
  });
});

describe('a connection that does not serve', () => {
  test('switched off between the two halves, it refuses at each', async () => {
    const place = await office();
    const { tenant, connection } = place;
    const person = browser(tenant);
    const first = await idp.answerTo(await press(person, place), place.person);
    const second = await idp.answerTo(await press(person, place), place.person);
    const { location: ticket = '' } = await post(person, second.acs, second.fields);
    await setEnabled(tenant, connection.id, false, cause);
    await expectRefused(tenant, (await post(person, first.acs, first.fields)).location, 'disabled');
    await expectRefused(tenant, (await person.get(ticket)).location, 'disabled');
    await expectRefused(tenant, (await person.get(`/sso/start/${connection.id}`)).location, 'disabled');
    expect((await person.get(`${place.base}/metadata`)).status).toBe(404);
    await setEnabled(tenant, connection.id, true, cause);
    await signIn(person, place);
    expect(await sessionsOf(tenant)).toEqual([place.user.id]);
  });

  test('a draft connection starts no sign-in, and finishes none that started earlier', async () => {
    const place = await office();
    const person = browser(place.tenant);
    const { acs, fields } = await idp.answerTo(await press(person, place), place.person);
    await admin()`update sso_connections set state = 'draft' where id = ${place.connection.id}`;
    await expectRefused(place.tenant, (await post(person, acs, fields)).location, 'disabled');
    await expectRefused(place.tenant, (await person.get(`/sso/start/${place.connection.id}`)).location, 'disabled');
    expect(await sessionsOf(place.tenant)).toEqual([]);
  });

  test('an administrator’s test ends in a report and in no session, also where the answer is refused', async () => {
    const place = await office({ state: 'draft' });
    const { tenant, connection } = place;
    const owner = await newUser(tenant, { role: 'administrator' });
    const person = browser(tenant);
    await person.signIn(owner.username, owner.password);
    const before = await sessionsOf(tenant);
    for (const text of [{ audience: 'https://other.example' }, {}]) {
      const asked = idp.readRequest(await press(person, place, '?purpose=test'));
      const right = { issuer: idp.entityId, acs: place.acs, entityId: place.entityId, requestId: asked.id };
      const xml = signed(answerXml({ ...right, nameId: place.person.nameId, ...text }), idp.keys);
      const { location = '' } = await post(person, place.acs, { SAMLResponse: encoded(xml) });
      const landed = await person.get(location);
      expect(landed.location).toMatch(new RegExp(`^/admin/single-sign-on/${connection.id}/test\\?flow=`));
      const [row] =
        await admin()`select result, state from sso_flows f join sso_connections c on c.id = f.connection_id where f.request_id = ${asked.id}`;
      expect(row).toMatchObject(
        text.audience
          ? { state: 'draft', result: { ok: false, reason: 'audience' } }
          : { state: 'tested', result: { ok: true, reason: null } },
      );
    }
    expect(await sessionsOf(tenant)).toEqual(before);
  });
});

describe('a sign-in that began at the provider', () => {
  const unasked = (place: Office) =>
    idp.answer(place.person, { acs: place.acs, issuer: place.entityId, id: null, relayState: '/settings/profile' });

  test('is refused unless the connection allows it', async () => {
    const place = await office();
    const { acs, fields } = await unasked(place);
    await expectRefused(place.tenant, (await post(browser(place.tenant), acs, fields)).location, 'unsolicited');
    expect(await sessionsOf(place.tenant)).toEqual([]);
  });

  test('switched on, it is bounced into a request of ours, whose answer alone signs in', async () => {
    const place = await office({ settings: { idpInitiated: true } });
    const person = browser(place.tenant);
    const { acs, fields } = await unasked(place);
    const bounced = await post(person, acs, fields);
    expect(bounced.location).toContain(`${idp.signOnUrl}?SAMLRequest=`);
    expect(await sessionsOf(place.tenant)).toEqual([]);
    // The browser keeps the cookie of a page it was sent to as a whole.
    const [name = '', value = ''] = bounced.setCookies[0]?.split(';')[0]?.split('=') ?? [];
    person.jar.set(name, value);
    const answered = await idp.answerTo(bounced.location ?? '', place.person);
    const { location = '' } = await post(person, answered.acs, answered.fields);
    expect((await person.get(location)).location).toBe('/settings/profile');
    expect(await sessionsOf(place.tenant)).toEqual([place.user.id]);
    // The same once more, and another one at once: a provider that answers so for ever is not asked
    // for ever.
    await expectRefused(place.tenant, (await post(person, acs, fields)).location, 'unsolicited');
    const next = await unasked(place);
    await expectRefused(place.tenant, (await post(person, next.acs, next.fields)).location, 'unsolicited');
  });

  test('switched on, what is not genuine is bounced nowhere', async () => {
    const place = await office({ settings: { idpInitiated: true } });
    const { fields } = await unasked(place);
    const changed = Buffer.from(fields.SAMLResponse, 'base64').toString().replaceAll('@', '.');
    const { location } = await post(browser(place.tenant), place.acs, { SAMLResponse: encoded(changed) });
    await expectRefused(place.tenant, location, 'signature');
  });
});

test('a provider’s status message of any characters is kept with the refusal', async () => {
  const place = await office();
  for (const words of [`${'a'.repeat(299)}\u{1f600}`, '\u009b31m\u202e', 'é'.repeat(500)]) {
    const person = browser(place.tenant);
    const { id: requestId } = idp.readRequest(await press(person, place));
    const right = { issuer: idp.entityId, acs: place.acs, entityId: place.entityId, requestId };
    const status = `<samlp:StatusCode Value="urn:none"/><samlp:StatusMessage>${words}</samlp:StatusMessage>`;
    const xml = answerXml(right).replace(/<samlp:StatusCode[^>]*>/, () => status);
    const { location } = await post(person, place.acs, { SAMLResponse: encoded(signed(xml, idp.keys)) });
    await expectRefused(place.tenant, location, 'status');
  }
});

test('no value of RelayState leads to another site', async () => {
  const place = await office();
  const sibling = `https://${(await newTenant()).host}/`;
  for (const RelayState of [
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    sibling,
    'x'.repeat(10_240),
    '/settings\0',
    '\ud83d',
    '/settings/profile',
  ]) {
    const person = browser(place.tenant);
    const { acs, fields } = await idp.answerTo(await press(person, place), place.person);
    const { location = '' } = await post(person, acs, { ...fields, RelayState });
    expect((await person.get(location)).location).toBe('/home');
  }
});

describe('at the edge', () => {
  test('sizes, methods and connections that are none', async () => {
    const place = await office();
    const person = browser(place.tenant);
    const large = await post(person, place.acs, { SAMLResponse: 'A'.repeat(900_000) });
    await expectRefused(place.tenant, large.location, 'too-large');
    expect((await post(person, place.acs, { SAMLResponse: encoded('x'.repeat(150_000)) })).status).toBe(303);
    expect((await person.get(`${place.base}/acs`)).location).toBe('/sign-in');
    for (const id of ['x', '%00', '..', '00000000-0000-4000-8000-000000000000']) {
      const status = (await post(person, `https://x/sso/saml/${id}/acs`, { SAMLResponse: 'x' })).status;
      expect([id, status]).toEqual([id, expect.toSatisfy((one: number) => one === 404 || one === 403 || one === 400)]);
    }
    const oidc = await createConnection(
      place.tenant,
      {
        protocol: 'oidc',
        label: 'x',
        issuer: 'https://x.example',
        settings: {
          clientId: 'x',
          scopes: ['openid'],
          tokenAuth: 'client_secret_basic',
          entraTenant: null,
          logout: true,
        },
        secret: 'x',
        secretExpiresAt: null,
        createUsers: false,
        createRole: 'agent',
      },
      cause,
    );
    expect(oidc.ok && (await person.get(`/sso/saml/${oidc.id}/metadata`)).status).toBe(404);
    // Another site's form still reaches nothing else.
    const foreign = await person.ask('/sign-in', {
      method: 'POST',
      body: 'x=y',
      headers: { origin: idp.url, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(foreign.status).toBe(403);
  });

  test('our metadata say where, and with which key', async () => {
    const place = await office();
    const { body, headers } = await browser(place.tenant).get(`${place.base}/metadata`);
    expect(headers['content-type']).toMatch(/^application\/samlmetadata\+xml/);
    for (const text of [
      `entityID="${place.entityId}"`,
      `Location="${place.acs}"`,
      `Location="${place.logout}"`,
      'AuthnRequestsSigned="true"',
      'WantAssertionsSigned="true"',
    ]) {
      expect(body).toContain(text);
    }
    expect(body).not.toContain('PRIVATE');
  });
});

describe('signing out at the provider ends our session', () => {
  async function two() {
    const place = await office();
    const other = await newUser(place.tenant);
    const [mine, theirs] = [browser(place.tenant), browser(place.tenant, 1)];
    const { index } = await signIn(mine, place);
    await signIn(theirs, { ...place, person: { name: other.username, nameId: other.email ?? '' } });
    return { place, mine, theirs, other, index };
  }
  const live = async (person: Visitor) => (await person.get('/home')).status === 200;
  const ask = async (place: Office, address: string) =>
    browser(place.tenant).get(address.replace(/^https:\/\/[^/]+/, ''));

  test('what is not the provider’s request ends nothing', async () => {
    const { place, mine, theirs } = await two();
    const nameId = place.person.nameId;
    const redirect = (xml: string, more?: { sign?: boolean }) =>
      idp.redirectWith('SAMLRequest', place.logout, xml, more);
    const right = () => idp.logoutRequestXml(place.logout, { nameId });
    const stranger = await startSamlIdp();
    const cases: [string, string][] = [
      [redirect(right(), { sign: false }), 'signature-missing'],
      [redirect(right()).replace(/&SigAlg=[^&]+/, ''), 'signature-missing'],
      [redirect(right()).replace('rsa-sha256', 'rsa-sha1').replace('xmldsig-more', 'xmldsig'), 'algorithm'],
      [redirect(right()).replace(/Signature=.{20}/, 'Signature=AAAAAAAAAAAAAAAAAAAA'), 'signature'],
      [stranger.redirectWith('SAMLRequest', place.logout, right()), 'signature'],
      [`${redirect(right())}&SAMLRequest=x`, 'not-xml'],
      [redirect(right()).replace('&SigAlg', '&RelayState=added&SigAlg'), 'signature'],
      [redirect(idp.logoutRequestXml(place.logout, { nameId, issuer: 'https://evil.example' })), 'issuer'],
      [redirect(idp.logoutRequestXml('https://evil.example/logout', { nameId })), 'destination'],
      [redirect(idp.logoutRequestXml(place.logout, { nameId, issuedIn: -400 })), 'expired'],
      [redirect(idp.logoutRequestXml(place.logout, { nameId, issuedIn: 100 })), 'not-yet'],
      [redirect(idp.logoutRequestXml(place.logout, { nameId: '' })), 'name-id'],
      [redirect('<a/>'), 'not-xml'],
      [place.logout, 'not-xml'],
    ];
    await stranger.stop();
    for (const [address, reason] of cases)
      await expectRefused(place.tenant, (await ask(place, address)).location, reason);
    const posted = await post(mine, place.logout, { SAMLRequest: encoded(right()) });
    await expectRefused(place.tenant, posted.location, 'signature-missing');
    const changed = signed(right(), idp.keys, 'LogoutRequest').replace(nameId, 'someone@else.example');
    await expectRefused(
      place.tenant,
      (await post(mine, place.logout, { SAMLRequest: encoded(changed) })).location,
      'signature',
    );
    expect([await live(mine), await live(theirs)]).toEqual([true, true]);
  });

  test('a logout request ends the named user’s sessions of this connection only, with a signed response', async () => {
    const { place, mine, theirs, user } = await two().then((all) => ({ ...all, user: all.place.user }));
    const byPassword = browser(place.tenant);
    await byPassword.signIn(user.username, user.password);
    const nobody = idp.logoutRequestXml(place.logout, { nameId: 'nobody@else.example' });
    expect((await ask(place, idp.redirectWith('SAMLRequest', place.logout, nobody))).status).toBe(303);
    const otherIndex = idp.logoutRequestXml(place.logout, { nameId: place.person.nameId, index: '_another' });
    expect((await ask(place, idp.redirectWith('SAMLRequest', place.logout, otherIndex))).status).toBe(303);
    expect([await live(mine), await live(theirs), await live(byPassword)]).toEqual([true, true, true]);

    const xml = idp.logoutRequestXml(place.logout, { nameId: place.person.nameId });
    const address = idp.redirectWith('SAMLRequest', place.logout, xml, { relayState: "it's (mine)~!*" });
    const answer = await ask(place, address);
    expect([await live(mine), await live(theirs), await live(byPassword)]).toEqual([false, true, true]);
    const back = new URL(answer.location ?? '');
    expect(back.href).toContain(`${idp.logoutUrl}?SAMLResponse=`);
    expect(back.searchParams.get('RelayState')).toBe("it's (mine)~!*");
    expect(back.searchParams.has('Signature')).toBe(true);
    await expectRefused(place.tenant, (await ask(place, address)).location, 'replay');
    expect(await eventsOf(place.tenant, 'session_end')).toMatchObject([
      { subject_id: user.id, detail: { by: 'provider' } },
    ]);
  });

  test('the same by a form, for one session of several', async () => {
    const { place, mine, theirs, index } = await two();
    const second = browser(place.tenant, 1);
    await signIn(second, place);
    const xml = signed(
      idp.logoutRequestXml(place.logout, { nameId: place.person.nameId, index }),
      idp.keys,
      'LogoutRequest',
    );
    expect((await post(mine, place.logout, { SAMLRequest: encoded(xml) })).location).toContain('SAMLResponse=');
    expect([await live(mine), await live(second), await live(theirs)]).toEqual([false, true, true]);
  });
});

describe('signing out here offers the provider', () => {
  test('our signed logout request names the user and the session; the response returns here', async () => {
    const place = await office();
    const person = browser(place.tenant);
    idp.trust((await person.get(`${place.base}/metadata`)).body);
    const { index } = await signIn(person, place);
    const out = await person.submit('/home', {}, { button: 'Sign out' });
    expect(out.location).toMatch(/^\/signed-out\?t=/);
    const [, link = ''] = /href="(\/signed-out\/company[^"]+)"/.exec((await person.get(out.location ?? '')).body) ?? [];
    const { location = '' } = await person.get(link.replaceAll('&amp;', '&'));
    const asked = idp.readRequest(location);
    expect(asked.xml).toContain(`>${place.person.nameId.replace('@', '@')}</saml:NameID>`);
    expect(asked.xml).toContain(`<samlp:SessionIndex>${index}</samlp:SessionIndex>`);
    const answer = (status?: string, sign = true) =>
      idp.redirectWith('SAMLResponse', place.logout, idp.logoutResponseXml(place.logout, asked.id, status), { sign });
    const get = async (address: string) => (await person.get(address.replace(/^https:\/\/[^/]+/, ''))).location;
    await expectRefused(place.tenant, await get(answer('Success', false)), 'signature-missing');
    expect(await get(answer())).toBe('/sign-in?reason=signed-out');
    await expectRefused(place.tenant, await get(answer()), 'flow-used');
    // Our request to sign out is no request that an assertion could answer.
    const xml = signed(
      answerXml({
        issuer: idp.entityId,
        acs: place.acs,
        entityId: place.entityId,
        requestId: asked.id,
        nameId: place.person.nameId,
      }),
      idp.keys,
    );
    await expectRefused(
      place.tenant,
      (await post(person, place.acs, { SAMLResponse: encoded(xml) })).location,
      'flow-used',
    );
    expect(await sessionsOf(place.tenant)).toEqual([]);
  });
});

test('two tenants with one provider at once: each user signs in to their own tenant', async () => {
  const places = await Promise.all([office(), office()]);
  const people = places.map(({ tenant }, at) => browser(tenant, at));
  await Promise.all(places.map((place, at) => signIn(people[at] as Visitor, place)));
  for (const place of places) expect(await sessionsOf(place.tenant)).toEqual([place.user.id]);
});
