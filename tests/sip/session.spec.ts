import { typeSignIn } from '@/tests/e2e/support/journey';
import { admin, age } from '@/tests/support/clock';
import { codeOf } from '@/tests/support/totp';
import { callWith, connect, expect, hearing, press, ready, stateOf, test } from './desk';

/** A phone and the session it belongs to. */

const SOON = { timeout: 20_000 };

test('a user who signs in lands on Phone, and it is ready', async ({ company, browser }) => {
  const context = await browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  await page.goto(company.at('/sign-in'));
  await typeSignIn(page, company.milo.username, company.milo.password);
  await page.waitForURL(company.at('/phone'));
  await ready(page);
  expect(await company.sip.registered()).toEqual(['202']);
  await context.close();
});

test('signing out unregisters, also while the phone is still registering', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo);
  await Promise.all([milo, dana].map((page) => page.getByRole('button', { name: 'Sign out' }).click()));
  await Promise.all([milo, dana].map((page) => page.waitForURL(/\/signed-out|\/sign-in/)));
  await expect.poll(() => company.sip.registered(), SOON).toEqual([]);
});

test('of two tabs one is the phone; the other takes over, except during a call', async ({ company, sitDown }) => {
  const [first, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(first, dana);
  const second = await first.context().newPage();
  await second.goto(company.at('/phone'));
  await expect(stateOf(second)).toContainText('Another tab of this browser is the phone');
  expect(await company.sip.registered()).toEqual(['201', '202']);
  await second.getByRole('button', { name: 'Use the phone here' }).click();
  await ready(second);
  await expect(stateOf(first)).toContainText('Another tab of this browser is the phone');
  await connect(second, dana);
  await expect(stateOf(first)).toContainText('somebody is on the line there');
  await expect(first.getByRole('button', { name: 'Use the phone here' })).toBeHidden();
  await press(second, 'Dana Reyes', 'Hang up');
  await second.close();
  await ready(first);
});

test('a call keeps the session from going idle, and at its end it may', async ({ company, sitDown }) => {
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  const mine = `user_id = '${company.milo.id}'`;
  await admin()`update policies set idle_minutes = 30, call_grace_minutes = 240 where tenant_id = ${company.tenant.id}`;
  await connect(milo, dana);
  await expect.poll(() => busyAt(company.milo.id)).toBe(true);
  // The last thing that the agent did himself was forty minutes ago; the call spoke up a moment
  // ago.
  await admin()`update sessions set last_seen_at = now() - interval '40 minutes' where user_id = ${company.milo.id}`;
  const look = () => milo.evaluate(async () => (await fetch('/api/session')).json());
  expect(await look()).toMatchObject({ live: true });
  await hearing(milo, dana);
  await age('sessions', 4 * 3600, mine);
  expect(await look()).toMatchObject({ live: false, why: 'idle' });
  await hearing(milo, dana);
});

test('at the absolute end the agent signs in again above the call, which goes on', async ({ company, sitDown }) => {
  const { secret } = await company.enrol(company.milo);
  const [milo, dana] = await Promise.all([sitDown(company.milo), sitDown(company.dana)]);
  await ready(milo, dana);
  await connect(milo, dana);
  await admin()`update sessions set absolute_until = now() where user_id = ${company.milo.id}`;
  await milo.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const overlay = milo.getByRole('dialog', { name: /sign in again/i });
  await expect(overlay).toBeVisible(SOON);
  await hearing(milo, dana);
  const opened = milo.waitForEvent('popup');
  await overlay.getByRole('button', { name: 'Sign in', exact: true }).click();
  const small = await opened;
  await typeSignIn(small, company.milo.username, company.milo.password);
  const gone = small.waitForEvent('close');
  await small.getByLabel('New code').fill(codeOf(secret));
  await gone;
  await expect(overlay).toBeHidden(SOON);
  await ready(milo);
  await hearing(milo, dana);
  await press(milo, 'Dana Reyes', 'Hang up');
  await expect(callWith(dana, 'Milo Tanaka')).toContainText('The call is over');
});

async function busyAt(user: string) {
  const [row] = await admin()`select busy_at is not null as busy from sessions where user_id = ${user}`;
  return row?.busy;
}
