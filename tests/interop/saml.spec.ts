import { type BrowserContext, expect, type Page, test } from 'playwright/test';
import type { SamlSettings } from '@/db/schema/sso-settings';
import { findConnection } from '@/lib/sso/connections/connections';
import { refreshMetadata } from '@/lib/sso/saml/refresh';
import { findFailure } from '@/lib/sso/sign-in/failures';
import { type SimpleSaml, startSimpleSaml } from '@/tests/idp/simplesamlphp';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { newTenant, newUser } from '@/tests/support/users';

/** SAML against SimpleSAMLphp as Debian ships it, in Chromium. */

const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const BUTTON = 'Sign in with Copper SAML';

type Office = Awaited<ReturnType<typeof office>>;
const started: SimpleSaml[] = [];
test.afterEach(async () => {
  await Promise.all(started.splice(0).map((idp) => idp.remove()));
});

/** A tenant, its person, and a provider of its own that both sides know. */
async function office({
  client = {},
  settings = {},
}: {
  client?: Record<string, unknown>;
  settings?: Partial<SamlSettings>;
} = {}) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const user = await newUser(tenant);
  const idp = await startSimpleSaml('copper', [{ name: user.username, email: user.email ?? '' }]);
  started.push(idp);
  const metadata = await idp.metadata();
  const provider = { metadata: () => metadata, metadataUrl: idp.metadataUrl };
  const connection = await newSamlConnection(tenant, provider, { settings });
  const url = `http://${tenant.host}`;
  const ours = `${url}/sso/saml/${connection.id}/metadata`;
  const [, port = ''] = tenant.host.split(':');
  const { body } = await visitor({ port: Number(port), host: tenant.host, protocol: 'http' }).get(
    new URL(ours).pathname,
  );
  idp.trust(body, client);
  return { tenant, user, idp, connection, url, entityId: ours };
}

async function press(page: Page, { url }: Office) {
  await page.goto(`${url}/sign-in`);
  await page.getByRole('link', { name: BUTTON }).click();
}

async function answerProvider(page: Page, { user }: Office) {
  await page.getByLabel('Username').fill(user.username);
  await page.getByLabel('Password').fill(`${user.username}pass`);
  await page.getByRole('button', { name: 'Login' }).click();
}

async function expectIn(page: Page, place: Office) {
  await page.waitForURL(`${place.url}/home`);
  await page.goto(`${place.url}/settings/profile`);
  await expect(page.locator('main')).toContainText(place.user.email ?? '');
}

async function expectRefused(page: Page, place: Office, reason: string) {
  await page.waitForURL(/\/sign-in\?sso=/);
  const code = new URL(page.url()).searchParams.get('sso') ?? '';
  await expect(page.getByText(code)).toBeVisible();
  expect(await findFailure(place.tenant, code)).toMatchObject({ reason });
  expect(await sessionsOf(place)).toEqual([]);
}

async function sessionsOf({ tenant }: Office) {
  const rows = await admin()`select user_id from sessions where tenant_id = ${tenant.id}`;
  return rows.map((row) => String(row.user_id));
}

async function settingsOf({ tenant, connection }: Office) {
  return (await findConnection(tenant, connection.id))?.settings as SamlSettings;
}

test('one button, the provider’s page, and in; the second time the provider asks nothing', async ({
  page,
  context,
}) => {
  const place = await office();
  await press(page, place);
  await answerProvider(page, place);
  await expectIn(page, place);
  expect(await sessionsOf(place)).toEqual([place.user.id]);
  await context.clearCookies({ domain: new URL(place.url).hostname });
  await press(page, place);
  await expectIn(page, place);
});

test('encrypted assertions', async ({ page }) => {
  const place = await office({ client: { 'assertion.encryption': true }, settings: { responseSigned: true } });
  const answers: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/acs'))
      answers.push(new URLSearchParams(request.postData() ?? '').get('SAMLResponse') ?? '');
  });
  await press(page, place);
  await answerProvider(page, place);
  await expectIn(page, place);
  const xml = Buffer.from(answers[0] ?? '', 'base64').toString();
  expect(xml).toContain('EncryptedAssertion');
  expect(xml).not.toContain(place.user.email);
});

test('a response with an unsigned assertion is refused, even if the response is signed', async ({ page }) => {
  const place = await office({ client: { 'saml20.sign.assertion': false } });
  await press(page, place);
  await answerProvider(page, place);
  await expectRefused(page, place, 'signature-missing');
});

test('the provider changes its key: both while it lists both, then the new one, and the retired one no more', async ({
  page,
  context,
}) => {
  const place = await office();
  const { idp, tenant, connection } = place;
  const refresh = () => refreshMetadata(tenant, connection.id, cause);
  const signInAfresh = async () => {
    await context.clearCookies();
    await press(page, place);
    await answerProvider(page, place);
  };
  idp.change(({ idp }) => Object.assign(idp, { new_privatekey: 'idp-new.pem', new_certificate: 'idp-new.crt' }));
  expect(await refresh()).toEqual({ ok: true });
  expect((await settingsOf(place)).certificates).toHaveLength(2);
  await signInAfresh();
  await expectIn(page, place);
  idp.change(({ idp }) =>
    Object.assign(idp, {
      privatekey: 'idp-new.pem',
      certificate: 'idp-new.crt',
      new_privatekey: undefined,
      new_certificate: undefined,
    }),
  );
  await signInAfresh();
  await expectIn(page, place);
  await refresh();
  expect(await refreshMetadata(tenant, connection.id, cause, new Date(Date.now() + 25 * 3_600_000))).toEqual({
    ok: true,
  });
  expect((await settingsOf(place)).certificates).toHaveLength(1);
  await signInAfresh();
  await expectIn(page, place);
  await admin()`delete from sessions where tenant_id = ${tenant.id}`;
  idp.change(({ idp }) => Object.assign(idp, { privatekey: 'idp.pem', certificate: 'idp.crt' }));
  await signInAfresh();
  await expectRefused(page, place, 'unknown-key');
});

test('another issuer with the same key and an expired assertion are refused', async ({ page, context }) => {
  const place = await office();
  const { idp } = place;
  idp.change((settings) => Object.assign(settings, { entityId: 'https://evil.example/metadata' }));
  await press(page, place);
  await answerProvider(page, place);
  await expectRefused(page, place, 'issuer');
  idp.change((settings) => {
    settings.entityId = place.idp.metadataUrl;
    for (const client of Object.values(settings.sps)) client['assertion.lifetime'] = -200;
  });
  await context.clearCookies();
  await press(page, place);
  await answerProvider(page, place);
  await expectRefused(page, place, 'expired');
});

test('signed out here and at the company: the provider asks again', async ({ page }) => {
  const place = await office();
  await press(page, place);
  await answerProvider(page, place);
  await expectIn(page, place);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/signed-out/);
  expect(await sessionsOf(place)).toEqual([]);
  await page.getByRole('link', { name: /company/ }).click();
  await page.waitForURL(`${place.url}/sign-in?reason=signed-out`);
  await page.getByRole('link', { name: BUTTON }).click();
  await expect(page.getByLabel('Password')).toBeVisible();
});

test('signing out at the provider ends that user’s session only', async ({ page, browser }) => {
  const place = await office();
  const other = await newUser(place.tenant);
  place.idp.change(({ users }) => {
    users[`${other.username}:${other.username}pass`] = { uid: [other.username], mail: [other.email ?? ''] };
  });
  const second = await browser.newContext();
  await enter(second, { ...place, user: other });
  await press(page, place);
  await answerProvider(page, place);
  await expectIn(page, place);
  await page.goto(place.idp.logoutAt);
  await expect.poll(() => sessionsOf(place)).toEqual([other.id]);
  await page.goto(`${place.url}/home`);
  await page.waitForURL(/\/sign-in/);
  await second.close();
});

test('a sign-in started at the provider is refused, or becomes a request of ours if that is enabled', async ({
  page,
}) => {
  const place = await office();
  await page.goto(place.idp.startAt(place.entityId, '/settings/profile'));
  await answerProvider(page, place);
  await expectRefused(page, place, 'unsolicited');
  await admin()`update sso_connections set settings = settings || '{"idpInitiated": true}' where id = ${place.connection.id}`;
  await page.goto(place.idp.startAt(place.entityId, '/settings/profile'));
  await page.waitForURL(`${place.url}/settings/profile`);
  expect(await sessionsOf(place)).toEqual([place.user.id]);
});

test('the provider is down: the last good copy stays, and once it is back so is the sign-in', async ({ page }) => {
  const place = await office();
  const before = (await settingsOf(place)).certificates;
  await place.idp.stop();
  expect(await refreshMetadata(place.tenant, place.connection.id, cause)).toMatchObject({
    error: 'provider-unreachable',
  });
  expect(await settingsOf(place)).toMatchObject({ certificates: before, metadataError: 'provider-unreachable' });
  await page.goto(`${place.url}/sign-in`);
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
  await place.idp.startAgain();
  await press(page, place);
  await answerProvider(page, place);
  await expectIn(page, place);
});

test('two tenants at once, each with its own provider; one’s answer opens nothing at the other', async ({
  browser,
}) => {
  const [one, other] = await Promise.all([office(), office()]);
  const [mine, theirs] = await Promise.all([browser.newContext(), browser.newContext()]);
  const answers: string[] = [];
  mine.on('request', (request) => {
    if (request.url().endsWith('/acs'))
      answers.push(new URLSearchParams(request.postData() ?? '').get('SAMLResponse') ?? '');
  });
  await Promise.all([enter(mine, one), enter(theirs, other)]);
  expect([await sessionsOf(one), await sessionsOf(other)]).toEqual([[one.user.id], [other.user.id]]);
  await admin()`delete from sessions where tenant_id = ${other.tenant.id}`;
  const page = await theirs.newPage();
  const action = `${other.url}/sso/saml/${other.connection.id}/acs`;
  await page.setContent(
    `<form method="post" action="${action}"><input name="SAMLResponse" value="${answers[0]}"><button>Go</button></form>`,
  );
  await page.getByRole('button').click();
  await expectRefused(page, other, 'flow-missing');
  await Promise.all([mine.close(), theirs.close()]);
});

async function enter(context: BrowserContext, place: Office) {
  const page = await context.newPage();
  await press(page, place);
  await answerProvider(page, place);
  await expectIn(page, place);
}
