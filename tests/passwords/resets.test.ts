import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { eventsOf } from '@/tests/support/audit';
import { type Answer, pathOf, visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { linkIn } from '@/tests/support/mailbox';
import { median } from '@/tests/support/median';
import { codeOf } from '@/tests/support/totp';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances(2);
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const AGAIN = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };

describe('asking for a link', () => {
  test('has the same answer for every name, and mails only users with an address', async () => {
    const tenant = await newTenant();
    const foreign = await newTenant();
    const known = await newUser(tenant, { username: 'known' });
    await newUser(tenant, { username: 'shut', status: 'disabled' });
    await newUser(tenant, { username: 'silent', email: null });
    await newUser(foreign, { username: 'abroad', extension: '7777' });
    const names = [
      'known',
      known.extension ?? '',
      'nobody',
      'shut',
      'silent',
      'abroad',
      '7777',
      "o'; drop",
      '',
      ' '.repeat(9),
    ];
    const answers = new Map<string, unknown>();
    for (const name of names) {
      const answer = await ask(tenant, name);
      answers.set(name, [answer.status, answer.location, answer.setCookies]);
    }
    for (const name of names.slice(0, 8))
      expect([name, answers.get(name)]).toEqual([name, [303, '/forgot-password/submitted', []]]);
    const page = await at(tenant).get('/forgot-password/submitted');
    expect(page.text).toContain('submitted successfully');
    await running.mail.mail(known.email ?? '');
    await jobsDone();
    const readers = running.mail.mails.map((mail) => mail.to).filter((to) => /@t-/.test(to));
    expect([...new Set(readers.filter((to) => to.endsWith(`@${tenant.slug}.example`)))]).toEqual([known.email]);
    expect(readers.filter((to) => to.endsWith(`@${foreign.slug}.example`))).toEqual([]);
  });

  test('takes the same time for a known and an unknown username', { timeout: 90_000 }, async () => {
    const tenant = await newTenant();
    await newUser(tenant, { username: 'known' });
    const form = await at(tenant).form('/forgot-password', ['username']);
    const times: Record<string, number[]> = { known: [], nobody: [] };
    // So many that their medians lie still also on a busy machine.
    for (let round = 0; round < 120; round++) {
      await admin()`delete from volume_limits`;
      for (const username of round % 2 ? ['known', 'nobody'] : ['nobody', 'known']) {
        times[username]?.push((await at(tenant).post('/forgot-password', form, { username })).ms);
      }
    }
    expect(Math.abs(median(times.known) - median(times.nobody))).toBeLessThan(10);
  });

  test('mails the tenant’s own address whatever host the request claims', async () => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const headers = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      'x-original-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-tenant': 'evil',
    };
    expect((await browser.submit('/forgot-password', { username: user.username }, { headers })).status).toBe(303);
    const mail = await running.mail.mail(user.email ?? '');
    expect(linkIn(mail)).toMatch(new RegExp(`^https://${tenant.host}/reset-password/[\\w-]{43}$`));
    expect(mail.raw).not.toContain('evil');
    expect(mail.text).not.toContain(user.username);
    expect(mail.text).toContain('Robin');
    const form = await browser.form('/forgot-password', ['username']);
    const stolen = visitor({ port: running.app().port, host: 'evil.example' });
    expect((await stolen.post('/forgot-password', form, { username: user.username })).status).toBe(404);
  });

  test('sends a user at most three mails an hour, with the same answer afterwards', async () => {
    const { tenant, user } = await people();
    for (let round = 1; round <= 5; round++) {
      const answer = await ask(tenant, user.username);
      expect([answer.status, answer.location]).toEqual([303, '/forgot-password/submitted']);
      await jobsDone();
    }
    await expect.poll(() => running.mail.to(user.email ?? '')).toHaveLength(3);
    await jobsDone();
    expect(running.mail.to(user.email ?? '')).toHaveLength(3);
  });

  test('by an extension that two tenants have mails the one of this address', async () => {
    const [here, there] = [await newTenant(), await newTenant()];
    const mine = await newUser(here, { extension: '201' });
    const theirs = await newUser(there, { extension: '201' });
    await ask(here, '201');
    await running.mail.mail(mine.email ?? '');
    await jobsDone();
    expect(running.mail.to(theirs.email ?? '')).toEqual([]);
  });
});

describe('a mailed link', () => {
  test('survives every mail scanner: HEAD, five times GET, prefetch, and a page that is only looked at', async () => {
    const { tenant, user } = await people();
    const path = await linkFor(tenant, user);
    for (const method of ['HEAD', 'GET', 'GET', 'GET', 'GET', 'GET']) {
      const scanner = at(tenant);
      await scanner.ask(path, { method });
      await scanner.get('/reset-password', { headers: { purpose: 'prefetch' } });
      expect((await scanner.ask('/reset-password', { method })).status).toBe(200);
    }
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
    expect((await use(tenant, path)).location).toBe('/sign-in?reason=password-changed');
    expect((await at(tenant).signIn(user.username, NEW_PASSWORD)).location).toBe('/home');
  });

  test('posted twenty times at once with twenty passwords on two instances is spent once', async () => {
    const { tenant, user } = await people();
    const path = await linkFor(tenant, user);
    const browsers = await Promise.all([0, 1].map((instance) => followed(tenant, path, instance)));
    const forms = await Promise.all(browsers.map((browser) => browser.form('/reset-password', ['password'])));
    const passwords = Array.from({ length: 20 }, (_, index) => `harvest marble violet ${index}${index}`);
    const answers = await Promise.all(
      passwords.map((password, index) => {
        const [browser, form] = [browsers[index % 2], forms[index % 2]];
        if (!browser || !form) throw new Error('no browser');
        return browser.post('/reset-password', form, { password, repeat: password });
      }),
    );
    const won = answers.flatMap((answer, index) => (answer.status === 303 ? [passwords[index] ?? ''] : []));
    expect(won).toHaveLength(1);
    for (const answer of answers.filter((one) => one.status !== 303)) {
      expectDead(answer);
    }
    expect((await at(tenant).signIn(user.username, won[0] ?? '')).location).toBe('/home');
    await admin()`delete from throttles`;
    const other = passwords.find((password) => password !== won[0]) ?? '';
    expect((await at(tenant).signIn(user.username, other)).location).toBeUndefined();
  });

  test('lives an hour by the database’s clock', async () => {
    for (const [seconds, good] of [
      [3595, true],
      [3601, false],
    ] as const) {
      const { tenant, user } = await people();
      const path = await linkFor(tenant, user);
      await age('password_resets', seconds, `user_id = '${user.id}'`);
      const answer = await use(tenant, path).catch(() => undefined);
      expect([seconds, answer?.status === 303]).toEqual([seconds, good]);
      if (!good)
        expect((await (await followed(tenant, path)).get('/reset-password')).text).toContain('no longer works');
    }
  });

  test('ends with a newer link, a changed password or email address, and with the user', async () => {
    const { tenant, user } = await people();
    const old = await linkFor(tenant, user);
    const newer = await linkFor(tenant, user, 2);
    const stale = await followed(tenant, old);
    expect((await stale.get('/reset-password')).text).toContain('no longer works');
    expect((await use(tenant, newer)).status).toBe(303);

    const endings: ((user: Person) => Promise<unknown>)[] = [
      (person) => changeOwnPassword(tenant, person),
      async (person) => {
        const boss = await newUser(tenant, { role: 'administrator' });
        const helper = at(tenant);
        await helper.signIn(boss.username, PASSWORD);
        const form = await helper.form(`/admin/users/${person.id}`, ['status']);
        await helper.post(`/admin/users/${person.id}`, form, { status: 'disabled' });
      },
      (person) => changeOwnEmail(tenant, person),
    ];
    for (const end of endings) {
      const person = await newUser(tenant);
      const path = await linkFor(tenant, person);
      const browser = await followed(tenant, path);
      const form = await browser.form('/reset-password', ['password']);
      await end(person);
      const answer = await browser.post('/reset-password', form, AGAIN);
      expectDead(answer);
    }
  });

  test('ends every session, attempt and other link when used, clears the lockout, and is confirmed by mail', async () => {
    const { tenant, user } = await people();
    const inside = at(tenant);
    await inside.signIn(user.username, PASSWORD);
    const { secret } = await enrolled(tenant, user);
    const pending = at(tenant);
    await pending.signIn(user.username, PASSWORD);
    const path = await linkFor(tenant, user);
    for (let attempt = 0; attempt < 5; attempt++) await at(tenant, 1).signIn(user.username, 'wrong one');
    expect((await use(tenant, path)).status).toBe(303);
    expect((await inside.get('/home')).location).toMatch(/reason=ended/);
    expect((await pending.get('/sign-in/code')).location).toBe('/sign-in?reason=expired');
    expect((await use(tenant, path).catch((error) => error.message)) as string).toContain('no longer works');
    const notice = await running.mail.mail(user.email ?? '', /password was changed/i);
    expect(notice.text).not.toContain(NEW_PASSWORD);
    expect((await eventsOf(tenant, 'authn_password_reset'))[0]).toMatchObject({ subject_id: user.id });
    // Through the second factor still, and a wrong code before has not been forgotten.
    const again = at(tenant);
    expect((await again.signIn(user.username, NEW_PASSWORD)).location).toBe('/sign-in/code');
    expect((await again.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/home');
  });

  test('gives no session, and leaves the count of wrong codes alone', async () => {
    const { tenant, user } = await people();
    const { secret } = await enrolled(tenant, user);
    const guesser = at(tenant);
    await guesser.signIn(user.username, PASSWORD);
    for (let attempt = 0; attempt < 5; attempt++) await guesser.submit('/sign-in/code', { code: '000000' });
    const browser = await followed(tenant, await linkFor(tenant, user));
    const answer = await browser.submit('/reset-password', AGAIN);
    expect(browser.jar.has('__Host-sid')).toBe(false);
    expect(answer.setCookies.join()).not.toContain('sid=');
    const next = at(tenant);
    await next.signIn(user.username, NEW_PASSWORD);
    expect((await next.submit('/sign-in/code', { code: codeOf(secret) })).message).toMatch(/^Too many wrong codes/);
  });

  test('leaves the address bar at the first redirect, sends no Referer, and is kept by no cache', async () => {
    const { tenant, user } = await people();
    const path = await linkFor(tenant, user);
    const browser = at(tenant);
    const hop = await browser.get(path);
    expect(hop.status).toBe(307);
    expect(hop.location).toBe('/reset-password');
    const page = await browser.get('/reset-password');
    expect(hop.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['referrer-policy']).toMatch(/^(no-referrer|same-origin)$/);
    for (const answer of [hop, page]) {
      expect(answer.headers['cache-control']).toContain('no-store');
    }
    expect(page.body).not.toContain(path.split('/').at(-1));
    const outside = [...page.body.matchAll(/(?:src|href)="(https?:)?\/\/([^"/]+)/g)].map((match) => match[2]);
    expect(outside.filter((host) => host !== tenant.host)).toEqual([]);
    expect(running.app().output()).not.toContain(path.split('/').at(-1));
  });

  test('is nothing on another tenant’s address, and stays good on its own', async () => {
    const { tenant, user } = await people();
    const other = await newTenant();
    const path = await linkFor(tenant, user);
    const abroad = await followed(other, path);
    expect((await abroad.get('/reset-password')).text).toContain('no longer works');
    const form = await (await followed(tenant, path)).form('/reset-password', ['password']);
    const answer = await abroad.post('/reset-password', form, AGAIN);
    expectDead(answer);
    expect((await use(tenant, path)).status).toBe(303);
  });

  test('refuses weak and mistyped passwords without being spent', async () => {
    const { tenant, user } = await people();
    const browser = await followed(tenant, await linkFor(tenant, user));
    for (const [password, repeat] of [
      ['short', 'short'],
      ['password1', 'password1'],
      [NEW_PASSWORD, 'something else'],
      ['x'.repeat(129), 'x'.repeat(129)],
    ] as const) {
      expect((await browser.submit('/reset-password', { password, repeat })).message).toBe('Check the fields below.');
    }
    expect((await browser.submit('/reset-password', AGAIN)).status).toBe(303);
  });

  test.each([
    ['empty', ''],
    ['short', 'x'],
    ['a path', '..%2f..%2fhome'],
    ['NUL', '%00'],
    ['of the right length', 'a'.repeat(43)],
    ['4 KB', 'a'.repeat(4000)],
    ['cut in a character', '%E0%A4%A'],
  ])('invented (%s) is an invalid link and no error', async (_, token) => {
    const tenant = await newTenant();
    const browser = at(tenant);
    const answer = await browser.get(`/reset-password/${token}`);
    expect(answer.status).toBeLessThan(500);
    expect((await browser.get('/reset-password')).text).toContain('no longer works');
  });
});

describe('a temporary password', () => {
  test('is mailed by the button alone, works once, and opens nothing but the choice of another', async () => {
    const { tenant, user } = await people('temporary');
    const path = await linkFor(tenant, user);
    const browser = await followed(tenant, path);
    await browser.get('/reset-password');
    await jobsDone();
    expect(running.mail.to(user.email ?? '')).toHaveLength(1);
    expect((await browser.submit('/reset-password', {}, { button: 'Reset my password' })).location).toBe(
      '/reset-password/done',
    );
    const password = temporaryIn(await running.mail.mail(user.email ?? '', /temporary password/i));
    expect(password).toMatch(/^[a-z0-9]{4}(-[a-z0-9]{4}){6}$/);
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBeUndefined();

    const next = at(tenant);
    expect((await next.signIn(user.username, password)).location).toBe('/sign-in/new-password');
    expect(next.jar.has('__Host-sid')).toBe(false);
    for (const elsewhere of ['/home', '/settings/password', '/admin/users']) {
      expect((await next.get(elsewhere)).location).toMatch(/^\/sign-in/);
    }
    expect((await at(tenant).signIn(user.username, password)).location).toBeUndefined();
    const same = await next.submit('/sign-in/new-password', { password, repeat: password });
    expect(same.message).toBe('Check the fields below.');
    expect((await next.submit('/sign-in/new-password', AGAIN)).location).toBe('/home');
    expect((await at(tenant).signIn(user.username, NEW_PASSWORD)).location).toBe('/home');
  });

  test('used twice at once opens one choice', async () => {
    const { tenant, user } = await people('temporary');
    const password = await temporaryFor(tenant, user);
    const both = await Promise.all([0, 1].map((instance) => at(tenant, instance).signIn(user.username, password)));
    expect(both.filter((answer) => answer.location === '/sign-in/new-password')).toHaveLength(1);
  });

  test('expires after an hour, and its link after one use', async () => {
    const { tenant, user } = await people('temporary');
    const path = await linkFor(tenant, user);
    const browser = await followed(tenant, path);
    const form = await browser.form('/reset-password', [], 'Reset my password');
    await browser.post('/reset-password', form, {});
    const again = await browser.post('/reset-password', form, {});
    expectDead(again);
    const password = temporaryIn(await running.mail.mail(user.email ?? '', /temporary password/i));
    await age('passwords', 3601, `user_id = '${user.id}'`);
    expect((await at(tenant).signIn(user.username, password)).location).toBeUndefined();
  });

  test('asks for the second factor before the new password', async () => {
    const { tenant, user } = await people('temporary');
    const { secret } = await enrolled(tenant, user);
    const password = await temporaryFor(tenant, user);
    const browser = at(tenant);
    expect((await browser.signIn(user.username, password)).location).toBe('/sign-in/code');
    expect((await browser.get('/sign-in/new-password')).location).toBe('/sign-in/code');
    expect((await browser.submit('/sign-in/code', { code: codeOf(secret) })).location).toBe('/sign-in/new-password');
    expect(browser.jar.has('__Host-sid')).toBe(false);
    expect((await browser.submit('/sign-in/new-password', AGAIN)).location).toBe('/home');
  });
});

describe('mail that does not go out at once', () => {
  test('a mail provider that fails is retried with the same key and the same content', async () => {
    const { tenant, user } = await people();
    running.mail.turn('says-450');
    const before = running.mail.tries();
    expect((await ask(tenant, user.username)).location).toBe('/forgot-password/submitted');
    await running.mail.triedTimes(before + 1);
    running.mail.turn('takes');
    await hurryJobs();
    const mail = await running.mail.mail(user.email ?? '');
    expect((await use(tenant, pathOf(linkIn(mail)))).status).toBe(303);
    await jobsDone();
    expect(running.mail.to(user.email ?? '').filter((one) => /reset-password/.test(one.text))).toHaveLength(1);
  });

  test('a provider that took the mail and hung up is sent the very same mail again, under the same id', async () => {
    const { tenant, user } = await people();
    running.mail.turn('takes-and-drops');
    await ask(tenant, user.username);
    const first = await running.mail.mail(user.email ?? '');
    running.mail.turn('takes');
    await hurryJobs();
    const second = await running.mail.mail(user.email ?? '', /Choose a new password/, 2);
    expect(second.messageId).toBe(first.messageId);
    expect(linkIn(second)).toBe(linkIn(first));
  });

  test('a link that waits longer than it lives gets its hour from the moment it goes out', async () => {
    const { tenant, user } = await people();
    running.mail.turn('says-450');
    const before = running.mail.tries();
    await ask(tenant, user.username);
    await running.mail.triedTimes(before + 1);
    await age('password_resets', 3 * 3600, `user_id = '${user.id}'`);
    running.mail.turn('takes');
    await hurryJobs();
    const mail = await running.mail.mail(user.email ?? '');
    expect((await use(tenant, pathOf(linkIn(mail)))).status).toBe(303);
  });
});

test('a raw request with two Host headers or an absolute address is refused before anything is read', async () => {
  const { tenant } = await people();
  const status = await new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: running.app().port,
        path: 'http://evil.example/forgot-password',
        headers: { host: tenant.host },
      },
      (response) => resolve(response.resume().statusCode),
    );
    asked.on('error', reject).end();
  });
  expect(status).toBe(400);
});

async function people(resetStyle: 'link' | 'temporary' = 'link') {
  const tenant = await newTenant({ policy: { resetStyle } });
  return { tenant, user: await newUser(tenant) };
}

function at(tenant: Tenant, instance = 0) {
  return visitor({ port: running.app(instance).port, host: tenant.host });
}

function ask(tenant: Tenant, username: string): Promise<Answer> {
  return at(tenant).submit('/forgot-password', { username });
}

/** Returns the path of the link mailed for the `nth` request. */
async function linkFor(tenant: Tenant, user: Person, nth = 1) {
  await ask(tenant, user.username);
  const isLink = () => running.mail.to(user.email ?? '').filter((mail) => /\/reset-password\//.test(mail.text));
  await expect.poll(isLink).toHaveLength(nth);
  return pathOf(linkIn(isLink()[nth - 1] ?? { text: '' }));
}

/** Without its form the page itself says so. */
function expectDead(answer: Answer) {
  expect([answer.status, /This link no longer works/.test(answer.text)]).toEqual([410, true]);
}

async function followed(tenant: Tenant, path: string, instance = 0) {
  const browser = at(tenant, instance);
  await browser.get(path);
  return browser;
}

async function use(tenant: Tenant, path: string) {
  return (await followed(tenant, path)).submit('/reset-password', AGAIN);
}

async function temporaryFor(tenant: Tenant, user: Person) {
  const browser = await followed(tenant, await linkFor(tenant, user));
  await browser.submit('/reset-password', {}, { button: 'Reset my password' });
  return temporaryIn(await running.mail.mail(user.email ?? '', /temporary password/i));
}

function temporaryIn({ text }: { text: string }) {
  return /\b[a-z0-9]{4}(?:-[a-z0-9]{4}){6}\b/.exec(text)?.[0] ?? '';
}

async function changeOwnPassword(tenant: Tenant, user: Person) {
  const browser = at(tenant);
  await browser.signIn(user.username, PASSWORD);
  const answer = await browser.submit('/settings/password', { current: PASSWORD, ...AGAIN });
  expect(answer.message).toMatch(/changed/);
}

async function changeOwnEmail(tenant: Tenant, user: Person) {
  const browser = at(tenant);
  await browser.signIn(user.username, PASSWORD);
  const email = `new-${user.username}@elsewhere.example`;
  await browser.submit('/settings/profile', { email, password: PASSWORD });
  const mail = await running.mail.mail(email);
  await browser.get(pathOf(linkIn(mail)));
  expect((await browser.submit('/confirm-email', {}, { button: /Confirm/ })).status).toBeLessThan(400);
  await expect.poll(async () => (await admin()`select email from users where id = ${user.id}`)[0]?.email).toBe(email);
}

/** Waits until no job waits for this moment. */
async function jobsDone() {
  await expect
    .poll(() => admin()`select 1 from graphile_worker._private_jobs where run_at <= now() and attempts < max_attempts`)
    .toHaveLength(0);
}

/** Makes jobs that wait for another try due now. */
async function hurryJobs() {
  const due = () => admin()`
    update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null returning 1`;
  await expect.poll(due).not.toHaveLength(0);
}
