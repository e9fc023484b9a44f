import { describe, expect, test } from 'vitest';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { age } from '@/tests/support/clock';
import { decode, formsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { browsersOf } from '@/tests/support/sign-in';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, type Person } from '@/tests/support/users';

const running = instances();
const { at } = browsersOf(running);

type Tenant = Awaited<ReturnType<typeof newTenant>>;

const ROOT = 'gatehouse.test';

describe('a sign-in from the root domain', () => {
  test('continues at the tenant’s own address, once, within a minute', async () => {
    const { tenant, user } = await people();
    const root = visitor({ port: running.app().port, host: ROOT });
    const handoff = await handedOver(root, tenant, user);
    expect(root.jar.has('__Host-sid')).toBe(false);
    const browser = at(tenant);
    expect((await take(browser, handoff)).location).toBe('/home');
    expect((await browser.get('/home')).status).toBe(200);
    expect((await take(at(tenant), handoff)).location).toBe('/sign-in?reason=expired');

    const late = await handedOver(root, tenant, user);
    await age('attempts', 61, `user_id = '${user.id}'`);
    expect((await take(at(tenant), late)).location).toBe('/sign-in?reason=expired');
  });

  test('twice at once opens one session; on another address or from another site none', async () => {
    const { tenant, user } = await people();
    const other = await newTenant();
    const root = visitor({ port: running.app().port, host: ROOT });
    const handoff = await handedOver(root, tenant, user);
    expect((await take(at(other), handoff)).location).toBe('/sign-in?reason=expired');
    for (const origin of ['https://evil.example', `https://${tenant.host}`, `https://${other.host}`, 'null']) {
      const answer = await take(at(tenant), handoff, origin);
      expect([origin, answer.location === '/home', answer.setCookies.length]).toEqual([origin, false, 0]);
    }
    const both = await Promise.all([take(at(tenant), handoff), take(at(tenant), handoff)]);
    expect(both.filter((answer) => answer.location === '/home')).toHaveLength(1);
    expect(await eventsOf(tenant, 'authn_login_handoff')).toHaveLength(1);
  });

  test('asks for the second factor, and fails in the same way whatever is wrong', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const root = visitor({ port: running.app().port, host: ROOT });
    const browser = at(tenant);
    expect((await take(browser, await handedOver(root, tenant, user))).location).toBe('/sign-in/code');
    expect((await browser.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/home');
    const told = new Set<string | undefined>();
    for (const [username, password] of [
      [`${user.extension}-${tenant.slug}`, 'wrong one'],
      [`9999-${tenant.slug}`, 'wrong one'],
      ['201-no-such-account', 'wrong one'],
      ['201', 'wrong one'],
      [user.username, 'wrong one'],
      ['201-', 'wrong one'],
    ] as const) {
      const answer = await root.submit('/find', { username, password });
      expect(answer.status).toBe(200);
      told.add(answer.message);
    }
    expect([...told]).toEqual(['The username or password is not right. Check both and try again.']);
  });

  test('finds an account in any case, and none that does not exist', async () => {
    const tenant = await newTenant({ accountId: 'Acme-West-9' });
    const root = visitor({ port: running.app().port, host: ROOT });
    expect((await root.submit('/find', { accountId: ' ACME-west-9 ' })).location).toBe(
      `https://${tenant.host}/sign-in`,
    );
    for (const accountId of [
      'nobody-here',
      'evil.example',
      '//evil.example',
      'admin',
      'a.b',
      "' or 1=1",
      '../..',
      'acme west',
    ]) {
      const answer = await root.submit('/find', { accountId });
      expect([accountId, answer.status, answer.location]).toEqual([accountId, 200, undefined]);
    }
  });
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

/** Returns the token that the root domain's page gives the browser to post to the tenant's. */
async function handedOver(root: Visitor, tenant: Tenant, user: Person) {
  const username = `${user.extension}-${tenant.slug}`;
  const { body, message } = await root.submit('/find', { username, password: user.password });
  const form = formsIn(body).find(({ action }) => action.endsWith('/sign-in/handoff'));
  if (!form) throw new Error(`no handoff: ${message}`);
  expect(decode(form.action)).toBe(`https://${tenant.host}/sign-in/handoff`);
  return form.fields.find(([name]) => name === 'token')?.[1] ?? '';
}

function take(browser: Visitor, token: string, origin = `https://${ROOT}`) {
  return browser.ask('/sign-in/handoff', {
    method: 'POST',
    body: new URLSearchParams({ token }).toString(),
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
  });
}
