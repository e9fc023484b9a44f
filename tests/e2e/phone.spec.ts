import { gzipSync } from 'node:zlib';
import type { Page, Response } from 'playwright/test';
import { CHROMIUM_ARGS, findChromium } from '@/tests/support/chromium';
import { admin } from '@/tests/support/clock';
import { expect, test, typeSignIn } from './support/journey';
import { openOffice } from './support/office';
import { enterPhone, openPhoneOffice, sipLine } from './support/sip-line';

test.use({
  launchOptions: {
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});

const state = (page: Page) => page.getByRole('status', { name: /^(State of the phone|État du téléphone)$/ });

test('from Phone settings to ready: the phone registers, and says so', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toHaveText('ReadyYou can call and be called at extension 202.');
  expect(line.said[0]).toMatch(/^REGISTER sip:tenant\.test SIP\/2\.0/);
  await expect(page.getByRole('link', { name: 'Phone', exact: true }).first()).toHaveAttribute('aria-current', 'page');
});

test('a server that is away, and comes back: said in both languages, and ready again by itself', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context(), 'away');
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('The phone server does not answer.');
  await page.getByRole('button', { name: 'Français' }).click();
  await expect(state(page)).toContainText('Le serveur téléphonique ne répond pas.');
  line.status = 200;
  await expect(state(page)).toHaveText('PrêtVous pouvez appeler et être appelé au poste 202.');
  line.drop();
  await expect(state(page)).toContainText('Connexion');
  await expect(state(page)).toContainText('Prêt');
});

test('a server that refuses is distinguished from one that fails', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context(), 403);
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('The phone server refuses extension 202.');
  line.status = 503;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(state(page)).toContainText('The phone server has a problem.');
  line.status = 200;
  await expect(state(page)).toContainText('Ready');
});

test('a portal that does not answer, and a computer without network', async ({ page, trouble }) => {
  trouble.expectStatus(503);
  const office = await openPhoneOffice();
  await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.route('**/api/phone/credentials', (route) =>
    route.fulfill({ status: 503, json: { error: 'unavailable' } }),
  );
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('The portal does not answer');
  await page.unroute('**/api/phone/credentials');
  await expect(state(page)).toContainText('Ready');
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await expect(state(page)).toContainText('This computer has no network.');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(state(page)).toContainText('Ready');
});

test('a microphone that is blocked: how to allow it, and on it goes when it is', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await office.enter(page.context(), office.milo);
  await page.addInitScript(() => {
    const permission = Object.assign(new EventTarget(), { state: 'denied' });
    Object.assign(window, { permission });
    navigator.permissions.query = async () => permission as unknown as PermissionStatus;
  });
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('No microphone');
  await expect(page.getByText('set Microphone to Allow')).toBeVisible();
  expect(line.count('REGISTER')).toBe(0);
  await page.evaluate(() => {
    const { permission } = window as unknown as { permission: EventTarget & { state: string } };
    permission.state = 'granted';
    permission.dispatchEvent(new Event('change'));
  });
  await expect(state(page)).toContainText('Ready');
});

test('a user whose phone is removed sees why, and is no longer registered', async ({ page, trouble }) => {
  trouble.expectStatus(403);
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  await admin()`update users set extension = null where id = ${office.milo.id}`;
  await page.evaluate(() => dispatchEvent(new Event('online')));
  // A new socket with what is still good; the next renewal is what tells.
  await expect(state(page)).toContainText('Ready');
  line.status = 401;
  line.drop();
  await expect(state(page)).toContainText('You have no phone any more.');
});

test('two tabs: one is the phone, the other says so and takes over', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  const other = await page.context().newPage();
  await other.goto(office.at('/phone'));
  await expect(state(other)).toContainText('Another tab of this browser is the phone.');
  const invitation = line.call('Ruth');
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  await expect(state(other)).toContainText('somebody is on the line there');
  await expect(other.getByRole('button', { name: 'Use the phone here' })).toBeHidden();
  line.cancel(invitation);
  await other.getByRole('button', { name: 'Use the phone here' }).click();
  await expect(state(other)).toContainText('Ready');
  await expect(state(page)).toContainText('Another tab');
  expect(line.goodbyes()).toBe(1);
  await other.close();
  await expect(state(page)).toContainText('Ready');
});

test('a caller: the company’s own name, a missed call among the recent ones', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  const invitation = line.call('The Director', '207');
  const card = page.getByRole('region', { name: 'Call with Ruth Abrams' });
  await expect(card).toContainText('Incoming call');
  await expect(page.getByRole('alert').filter({ hasText: 'Incoming call from' })).toBeAttached();
  expect(line.count('180 Ringing')).toBe(1);
  line.cancel(invitation);
  await expect(card).toContainText('Missed');
  await expect(page.getByRole('listitem').filter({ hasText: 'Missed' })).toContainText('Ruth Abrams');
  await expect(page.getByRole('button', { name: 'Call Ruth Abrams', exact: true })).toBeVisible();
});

test('hostile names are text, in one line, in their own direction', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  line.call('<img src=x onerror=alert(1)>\u202eevil', '9001');
  const card = page.getByRole('region', { name: /^Call with/ });
  await expect(card.getByRole('heading')).toHaveText('<img src=x onerror=alert(1)>evil');
  await expect(card.locator('img')).toHaveCount(0);
  await card.getByRole('button', { name: 'Reject' }).click();
  await expect(card).toContainText('The call was rejected');
  await expect.poll(() => line.count('486 Busy Here')).toBe(1);
  line.call('A'.repeat(5000), '9002');
  await expect(page.getByRole('region', { name: /^Call with A+…$/ })).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(width).toBe(0);
});

test('a thousand callers at once: two ring, the others hear busy, and the page stays alive', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  for (let n = 0; n < 1000; n++) line.call(`Caller ${n}`, `${10_000 + n}`);
  await expect.poll(() => line.count('486 Busy Here'), { timeout: 30_000 }).toBe(998);
  await expect(page.getByRole('button', { name: 'Answer' })).toHaveCount(2);
  await page.getByLabel('Number').fill('207');
  await expect(page.getByLabel('Number')).toHaveValue('207');
});

test('the dial pad by keyboard, and words at the field for what is no number', async ({ page }) => {
  const office = await openPhoneOffice();
  await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  const number = page.getByLabel('Number');
  await number.press('Enter');
  await expect(number).toHaveAccessibleDescription(/Type a number or an extension\./);
  for (const [typed, words] of [
    ['hello', 'This is no number.'],
    ['555 0123', 'This number is too short.'],
    ['bob@other.example', 'Addresses of other companies cannot be called from here.'],
    ['202', 'This is your own extension.'],
  ] as const) {
    await number.fill(typed);
    await number.press('Enter');
    await expect(number).toHaveAttribute('aria-invalid', 'true');
    await expect(number).toHaveAccessibleDescription(new RegExp(words));
    await expect(number).toBeFocused();
  }
  await number.fill('Ring me: 514.555.0123');
  await expect(page.getByText('Calls (514) 555-0123')).toBeVisible();
  await number.fill('');
  await number.press('Tab');
  const pad = page.getByRole('group', { name: 'Dial pad' });
  await expect(pad.getByRole('button', { name: '1', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(number).toHaveValue('12');
});

test('colleagues are found by name and extension', async ({ page }) => {
  const office = await openPhoneOffice();
  await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await page.getByLabel('Search by name or extension').fill('abr');
  await expect(page.getByRole('button', { name: 'Call Ruth Abrams, extension 207' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Call Dana Reyes/ })).toBeHidden();
  await page.getByLabel('Search by name or extension').fill('nobody at all');
  await expect(page.getByText('Nobody was found.')).toBeVisible();
});

test('a call goes along from page to page, and into the other language', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.dana);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  line.call('Ruth', '207', '201');
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  await page.getByRole('link', { name: 'Administration' }).click();
  await expect(page).toHaveURL(office.at('/admin/users'));
  const dock = page.getByRole('complementary', { name: 'Phone' });
  await expect(dock.getByRole('button', { name: 'Answer' })).toBeVisible();
  await page.getByRole('searchbox').fill('milo');
  await page.getByRole('searchbox').press('Enter');
  await expect(page).toHaveURL(/q=milo/);
  await page.getByRole('button', { name: 'Français' }).click();
  const french = page.getByRole('complementary', { name: 'Téléphone' });
  await expect(french.getByText('Appel entrant')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await french.getByRole('button', { name: 'Refuser' }).click();
  await expect.poll(() => line.count('486 Busy Here')).toBe(1);
  expect(line.count('REGISTER')).toBe(1);
});

test('keys: reject from anywhere on the page', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  line.call('Ruth', '207');
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  await page.keyboard.press('Alt+Shift+H');
  await expect.poll(() => line.count('486 Busy Here')).toBe(1);
});

test('leaving during a call shows a warning', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  line.call('Ruth', '207');
  await page.getByRole('heading', { level: 1 }).click();
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  const warned = page.waitForEvent('dialog');
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await warned;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await closing;
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
});

test('signing out asks first during a call, and gives the registration back', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  line.call('Ruth', '207');
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  const dialog = page.getByRole('dialog', { name: 'You are on a call' });
  await dialog.getByRole('button', { name: 'Stay' }).click();
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await dialog.getByRole('button', { name: 'Hang up and sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in\?reason=signed-out/);
  expect(line.goodbyes()).toBe(1);
});

test('signed out in one tab, the phone of the other is signed off', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  const other = await page.context().newPage();
  await other.goto(office.at('/phone'));
  await expect(state(other)).toContainText('Another tab');
  // What either tab still asks when the session ends is refused, and the browser writes that down.
  for (const tab of [page, other]) await expect(tab.getByRole('button', { name: /^Call / }).first()).toBeVisible();
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in\?reason=signed-out/);
  expect(line.goodbyes()).toBe(1);
});

test('a session that ends during a call offers sign-in above the page', async ({ page }) => {
  const office = await openPhoneOffice();
  const line = await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/phone'));
  await expect(state(page)).toContainText('Ready');
  const told = page.waitForResponse('**/api/phone/busy');
  line.call('Ruth', '207');
  await told;
  await expect(page.getByRole('region', { name: 'Call with Ruth Abrams' })).toBeVisible();
  await admin()`delete from sessions where user_id = ${office.milo.id}`;
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL(office.at('/phone'));
  const opened = page.waitForEvent('popup');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  const small = await opened;
  const closed = small.waitForEvent('close');
  await typeSignIn(small, 'milo', office.milo.password);
  await closed;
  await expect(dialog).toBeHidden();
  await expect(state(page)).toContainText('Ready');
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
});

test('users without a phone have no Phone tab and no phone scripts, and land on Home', async ({ page }) => {
  const scripts: string[] = [];
  page.on('response', async (response) => {
    if (response.url().endsWith('.js')) scripts.push(await response.text().catch(() => ''));
  });
  const office = await openOffice();
  await office.enter(page.context(), office.milo);
  await page.goto(office.at('/phone'));
  await expect(page).toHaveURL(office.at('/home'));
  await expect(page.getByRole('link', { name: 'Phone', exact: true })).toHaveCount(0);
  await page.waitForLoadState('networkidle');
  expect(scripts.length).toBeGreaterThan(3);
  expect(scripts.filter((text) => text.includes('gatehouse-phone'))).toEqual([]);
});

test('on another page a user whose phone is not running sees a notice', async ({ page }) => {
  const office = await openPhoneOffice();
  await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  await page.goto(office.at('/home'));
  const dock = page.getByRole('complementary', { name: 'Phone' });
  await expect(dock).toContainText('The phone is not running');
  await dock.getByRole('link', { name: 'Open Phone' }).click();
  await expect(state(page)).toContainText('Ready');
});

test('what the phone weighs: its own page little, other pages next to nothing', async ({ page, visit }) => {
  const without = await openOffice();
  const plain = await visit();
  await without.enter(plain.context(), without.milo);
  const base = await weigh(plain, without.at('/home'), () => expect(plain.locator('main')).toBeVisible());
  const office = await openPhoneOffice();
  await sipLine(page.context());
  await enterPhone(page.context(), office, office.milo);
  const home = await weigh(page, office.at('/home'), () => expect(page.getByText('not running')).toBeVisible());
  const phone = await weigh(page, office.at('/phone'), () => expect(state(page)).toContainText('Ready'));
  expect(home - base).toBeLessThan(1500);
  // An empty page of Next is 4 kB below ours: together at most 90 kB beyond it.
  expect(phone - base).toBeLessThan(85_000);
});

/** What the scripts of a page weigh by gzip, those that come later among them. */
async function weigh(page: Page, address: string, ready: () => Promise<void>) {
  const files = new Map<string, Promise<number>>();
  const keep = (response: Response) => {
    if (!response.url().endsWith('.js')) return;
    files.set(
      response.url(),
      response.body().then((body) => gzipSync(body).length),
    );
  };
  page.on('response', keep);
  await page.goto(address);
  await ready();
  await page.waitForLoadState('networkidle');
  page.off('response', keep);
  const sizes = await Promise.all(files.values());
  return sizes.reduce((sum, size) => sum + size, 0);
}
