import { expect, type Page, test } from 'playwright/test';
import { oidcAddresses } from '@/lib/sso/connections/addresses';
import { createConnection } from '@/lib/sso/connections/change';
import { findFailure } from '@/lib/sso/sign-in/failures';
import { type OidcPlace, type OidcProcess, placeForOidcProvider } from '@/tests/idp/oidc-provider';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

/** OpenID Connect against oidc-provider in a process of its own, in Chromium. */

const SECRET = 'a secret: of 32+ bytes, with/signs%';
const BUTTON = 'Company account';
const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

type Office = Awaited<ReturnType<typeof office>>;
const started: { provider: OidcProcess; place: OidcPlace }[] = [];
test.afterEach(async () => {
  await Promise.all(started.splice(0).map(({ provider, place }) => provider.stop().then(place.clear)));
});

test('users of two tenants sign in at once, each with their own provider and account', async ({ context }) => {
  const offices = await Promise.all([office('Kettle'), office('Lantern')]);
  const pages = await Promise.all(offices.map(() => context.newPage()));
  await Promise.all(
    offices.map(async (place, index) => {
      const page = pages[index] as Page;
      await press(page, place);
      await answerProvider(page);
      await expectIn(page, place);
    }),
  );
});

test('a new key signs from one moment to the next', async ({ context, page }) => {
  const place = await office('Kettle');
  await signIn(page, place);
  await place.provider.rotate();
  await context.clearCookies();
  await signIn(page, place);
});

const wrong = [
  ['another issuer', { iss: 'https://login.other.example' }, 'issuer'],
  ['another client', { aud: 'another' }, 'audience'],
  ['another nonce', { nonce: 'x' }, 'nonce'],
  ['an end long ago', { exp: -600 }, 'expired'],
] as const;

for (const [what, knobs, reason] of wrong) {
  test(`an id_token with ${what} is refused`, async ({ page }) => {
    const place = await office('Kettle');
    place.provider.turn(knobs);
    await press(page, place);
    await answerProvider(page);
    await expectRefused(page, place, reason);
  });
}

test('signing out at the provider signs out here', async ({ context, page }) => {
  const place = await office('Kettle');
  await signIn(page, place);
  const other = await context.newPage();
  await other.goto(`${place.issuer}/session/end`);
  await other.getByRole('button').first().click();
  await other.waitForURL('**/session/end/success');
  expect(await sessionsOf(place)).toBe(0);
  await page.goto(`${place.url}/home`);
  await page.waitForURL(`${place.url}/sign-in?**`);
  const [event] = await eventsOf(place.tenant, 'session_end');
  expect(event?.detail).toMatchObject({ by: 'provider', ended: 1 });
});

test('signing out here offers to sign out at the provider too, and returns', async ({ page }) => {
  const place = await office('Kettle');
  await signIn(page, place);
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await page.getByRole('link', { name: 'Also sign out of your company account' }).click();
  await page.waitForURL('**/session/end?**');
  await page.getByRole('button').first().click();
  await page.waitForURL(`${place.url}/sign-in?reason=signed-out`);
  // It knows him no more: its form is there again.
  await page.getByRole('link', { name: BUTTON }).click();
  await expect(page.getByLabel('User name')).toBeVisible();
});

test('a provider that hangs is given up after 8 s, and works again once it answers', async ({ page }) => {
  const place = await office('Kettle');
  await press(page, place);
  place.provider.turn({ signal: 'SIGSTOP' });
  await answerProvider(page);
  await page.waitForURL(/\/sign-in\?sso=/, { timeout: 12_000 });
  await expectRefused(page, place, 'provider-slow');
  place.provider.turn({});
  place.provider.goOn();
  // It has known him since before.
  await page.getByRole('link', { name: BUTTON }).click();
  await expectIn(page, place);
});

test('an unreachable provider is reported, and another tenant signs in', async ({ page }) => {
  const [place, next] = [await office('Kettle'), await office('Lantern')];
  await press(page, place);
  place.provider.turn({ signal: 'SIGKILL' });
  await answerProvider(page);
  await expectRefused(page, place, 'provider-unreachable');
  await signIn(page, next);
});

/** A tenant, its person, and a provider of its own that both sides know. */
async function office(lastName: string) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const person = { name: 'ada', email: `ada@${tenant.slug}.example`, firstName: 'Ada', lastName };
  await newUser(tenant, { username: person.name, ...person });
  const place = await placeForOidcProvider([person]);
  const made = await createConnection(
    tenant,
    {
      protocol: 'oidc',
      label: BUTTON,
      issuer: place.issuer,
      secret: SECRET,
      secretExpiresAt: null,
      createUsers: false,
      createRole: 'agent',
      settings: {
        clientId: 'gatehouse',
        scopes: ['openid', 'email', 'profile'],
        tokenAuth: 'client_secret_basic',
        entraTenant: null,
        logout: true,
      },
    },
    cause,
  );
  if (!made.ok) throw new Error(`no connection: ${made.error}`);
  await admin()`update sso_connections set state = 'beside', tested_at = now() where id = ${made.id}`;
  const provider = await place.start({ id: 'gatehouse', secret: SECRET, ...oidcAddresses(tenant, made.id) });
  started.push({ provider, place });
  return { tenant, person, provider, issuer: place.issuer, url: `http://${tenant.host}` };
}

async function press(page: Page, { url }: Office) {
  await page.goto(`${url}/sign-in`);
  await page.getByRole('link', { name: BUTTON }).click();
}

async function answerProvider(page: Page) {
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill('adapass');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signIn(page: Page, place: Office) {
  await press(page, place);
  await answerProvider(page);
  await expectIn(page, place);
}

async function expectIn(page: Page, { url, person }: Office) {
  await page.waitForURL(`${url}/home`);
  await page.goto(`${url}/settings/profile`);
  await expect(page.locator('input[name="lastName"]')).toHaveValue(person.lastName);
  await expect(page.locator('main')).toContainText(person.email);
}

async function expectRefused(page: Page, place: Office, reason: string) {
  await page.waitForURL(/\/sign-in\?sso=/);
  const code = new URL(page.url()).searchParams.get('sso') ?? '';
  await expect(page.getByText(code)).toBeVisible();
  expect(await findFailure(place.tenant, code)).toMatchObject({ reason });
  expect(await eventsOf(place.tenant, 'authn_sso_fail')).toHaveLength(1);
  expect(await sessionsOf(place)).toBe(0);
}

async function sessionsOf({ tenant }: Office) {
  const [row] = await admin()`select count(*)::int as n from sessions where tenant_id = ${tenant.id}`;
  return Number(row?.n);
}
