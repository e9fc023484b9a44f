import { hash as argon2 } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import { seconds } from '@/lib/time';
import { eventsOf } from '@/tests/support/audit';
import { type Answer, type Fields, visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { earlyInWindow } from '@/tests/support/early-in-window';
import { fieldErrorsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { median } from '@/tests/support/median';
import { NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances(2);
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const WAIT = /^Too many failed attempts\. Wait \d+ minutes, then try again\./;
const WRONG = 'The username or password is not right. Check both and try again.';

describe('lockout', () => {
  test('forty wrong passwords at once from forty addresses on two instances: five are looked at', async () => {
    const { tenant, user } = await people();
    const form = await at(tenant).form('/sign-in', ['username', 'password']);
    const fields = { username: user.username, password: 'not the password' };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        at(tenant, { from: `127.0.1.${index + 1}`, instance: index }).post('/sign-in', form, fields),
      ),
    );
    expect(answers.filter((answer) => answer.message === WRONG)).toHaveLength(4);
    expect(answers.filter((answer) => WAIT.test(answer.message ?? ''))).toHaveLength(36);
    expect(await eventsOf(tenant, 'authn_login_fail')).toHaveLength(5);
    expect(await eventsOf(tenant, 'authn_login_lock')).toHaveLength(1);
    expect(await budgets(tenant)).toEqual([{ fails: 5, refused: 35 }]);
  });

  test('after five wrong ones the right one is refused like the fifth, and nothing is looked at', async () => {
    const { tenant, user } = await people();
    const wrong = await lockOut(tenant, user);
    const right = await at(tenant).signIn(user.username, PASSWORD);
    expect([right.status, right.message, right.setCookies]).toEqual([wrong.status, wrong.message, []]);
    expect(right.text).toBe(wrong.text);
    expect(await eventsOf(tenant, 'authn_login_fail')).toHaveLength(5);
  });

  test('an unknown username gets the same answers as a real one, also in a lockout', async () => {
    const { tenant } = await people();
    await newUser(tenant, { username: 'someone' });
    const told = async (username: string) => {
      const answers: unknown[] = [];
      for (let attempt = 1; attempt <= 6; attempt++) {
        const answer = await at(tenant).signIn(username, 'not the password');
        answers.push([answer.status, answer.text.replaceAll(username, '…'), Object.keys(answer.headers).sort()]);
      }
      return answers;
    };
    const known = await told('someone');
    expect(await told('nobody1')).toEqual(known);
    expect(await told('99999')).toEqual(known);
  });

  test('a lockout holds until a second before its end, and has ended a second after', async () => {
    const { tenant, user } = await people();
    await lockOut(tenant, user);
    const mine = `tenant_id = '${tenant.id}'`;
    await admin().unsafe(`update throttles set locked_until = clock_timestamp() + interval '1 second' where ${mine}`);
    expect((await at(tenant).signIn(user.username, PASSWORD)).message).toMatch(/^Too many failed attempts/);
    await admin().unsafe(`update throttles set locked_until = clock_timestamp() - interval '1 second' where ${mine}`);
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('twenty tries during a lockout do not change its end', async () => {
    const { tenant, user } = await people();
    await lockOut(tenant, user);
    const end = () => admin()`select locked_until::text from throttles where tenant_id = ${tenant.id}`;
    const before = await end();
    for (let attempt = 0; attempt < 20; attempt++) await at(tenant).signIn(user.username, `guess ${attempt}`);
    expect(await end()).toEqual(before);
    expect(await eventsOf(tenant, 'authn_login_fail')).toHaveLength(5);
    expect(await eventsOf(tenant, 'authn_login_lock')).toHaveLength(1);
  });

  test('the page counts the minutes down', async () => {
    const { tenant, user } = await people();
    expect((await lockOut(tenant, user)).message).toContain('Wait 15 minutes');
    await age('throttles', 13 * 60 + 30, `tenant_id = '${tenant.id}'`);
    expect((await at(tenant).signIn(user.username, PASSWORD)).message).toContain('Wait 2 minutes');
  });

  test('a success gives all five attempts back', async () => {
    const { tenant, user } = await people();
    for (const round of [1, 2]) {
      for (let attempt = 1; attempt <= 4; attempt++) {
        expect((await at(tenant).signIn(user.username, `${round} ${attempt} wrong`)).message).toBe(WRONG);
      }
      expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
    }
  });

  test('username, extension and extension-accountID share one budget, in whatever case', async () => {
    const { tenant, user } = await people();
    const names = [
      user.username,
      user.username.toUpperCase(),
      ` ${user.extension} `,
      `${user.extension}-${tenant.slug}`,
    ];
    for (const name of names) expect((await at(tenant).signIn(name, 'wrong one')).message).toBe(WRONG);
    expect((await at(tenant).signIn(`${user.extension}-${tenant.slug.toUpperCase()}`, 'wrong one')).message).toMatch(
      WAIT,
    );
  });

  test('the same extension in another tenant is another user', async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    const locked = await newUser(one, { username: 'sam', extension: '201' });
    await newUser(other, { username: 'sam', extension: '201', password: NEW_PASSWORD });
    await lockOut(one, locked);
    expect((await at(one).signIn('201', PASSWORD)).message).toMatch(WAIT);
    expect((await at(other).signIn('201', NEW_PASSWORD)).location).toBe('/home');
    expect((await at(other).signIn('sam', PASSWORD)).message).toBe(WRONG);
  });

  test('a stranger cannot lock a user out of a browser they have signed in with before', async () => {
    const { tenant, user } = await people();
    const own = at(tenant);
    await own.signIn(user.username, PASSWORD);
    own.jar.delete('__Host-sid');
    await lockOut(tenant, user, '127.0.0.66');
    expect((await at(tenant).signIn(user.username, PASSWORD)).message).toMatch(WAIT);
    expect((await own.signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('a known browser has its own five attempts, and another user’s device does not count as one', async () => {
    const { tenant, user } = await people();
    const other = await newUser(tenant);
    const own = at(tenant);
    await own.signIn(user.username, PASSWORD);
    own.jar.delete('__Host-sid');
    await lockOut(tenant, other);
    expect((await own.signIn(other.username, PASSWORD)).message).toMatch(WAIT);
    for (let attempt = 1; attempt <= 4; attempt++) await own.signIn(user.username, 'wrong one');
    expect((await own.signIn(user.username, 'wrong one')).message).toMatch(WAIT);
  });
});

describe('volume from one network address', () => {
  test('headers that claim another address change nothing', { timeout: 60_000 }, async () => {
    await earlyInWindow(seconds(15));
    const { tenant, user } = await people();
    const browser = at(tenant, { from: '127.0.2.1' });
    const claims = (index: number) => ({
      'x-forwarded-for': `203.0.113.${index}`,
      forwarded: `for=203.0.113.${index}`,
      'x-real-ip': `203.0.113.${index}`,
      'true-client-ip': `203.0.113.${index}`,
      'cf-connecting-ip': `203.0.113.${index}`,
    });
    const statuses: number[] = [];
    for (let index = 1; index <= 21; index++) {
      const answer = await browser.submit('/forgot-password', { username: 'nobody' }, { headers: claims(index) });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([...Array(20).fill(303), 429]);
    for (let index = 1; index <= 4; index++) {
      await browser.submit('/sign-in', { username: user.username, password: 'no' }, { headers: claims(index) });
    }
    const fifth = { username: user.username, password: 'no' };
    expect((await browser.submit('/sign-in', fifth, { headers: claims(5) })).message).toMatch(WAIT);
    expect((await eventsOf(tenant, 'authn_login_fail')).every((event) => event.address === '127.0.2.1')).toBe(true);
  });

  test('one password tried on two hundred usernames ends in 429 without a lockout', {
    timeout: 150_000,
  }, async () => {
    await earlyInWindow(seconds(45));
    const { tenant, user } = await people();
    const browser = at(tenant, { from: '127.0.2.2' });
    const form = await browser.form('/sign-in', ['username', 'password']);
    const answers: Answer[] = [];
    for (let round = 0; round < 20; round++) {
      const some = Array.from({ length: 10 }, (_, index) => `name${round * 10 + index}`);
      const fields = some.map((username) => ({ username, password: 'Summer2026 is here' }));
      answers.push(...(await Promise.all(fields.map((one) => browser.post('/sign-in', form, one)))));
    }
    const busy = answers.filter((answer) => answer.status === 429);
    expect(busy).toHaveLength(100);
    for (const answer of busy) {
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.message).toMatch(/^Too many requests from your network\. Wait \d+ minutes?/);
    }
    expect(
      await admin()`select 1 from throttles where tenant_id = ${tenant.id} and locked_until is not null`,
    ).toHaveLength(0);
    expect((await at(tenant, { from: '127.0.2.3' }).signIn(user.username, PASSWORD)).location).toBe('/home');
  });
});

test('unknown users, wrong passwords and lock-outs take the same time as each other', {
  timeout: 120_000,
}, async () => {
  const { tenant } = await people();
  const users = await Promise.all(Array.from({ length: 3 }, () => newUser(tenant)));
  const [known, locked] = users as [Person, Person];
  const browser = at(tenant);
  const form = await browser.form('/sign-in', ['username', 'password']);
  const times: Record<string, number[]> = { unknown: [], known: [], lockedUnknown: [], locked: [] };
  const sample = async (kind: string, username: string) => {
    const { ms } = await browser.post('/sign-in', form, { username, password: 'not the password' });
    times[kind]?.push(ms);
  };
  for (const name of [locked.username, 'locked-nobody']) {
    for (let attempt = 1; attempt <= 5; attempt++)
      await browser.post('/sign-in', form, { username: name, password: 'x' });
  }
  for (let round = 0; round < 60; round++) {
    await admin()`delete from throttles where tenant_id = ${tenant.id} and locked_until is null`;
    await admin()`delete from volume_limits`;
    const kinds: [string, string][] = [
      ['known', known.username],
      ['unknown', 'nobodyhere'],
      ['locked', locked.username],
      ['lockedUnknown', 'locked-nobody'],
    ];
    for (let turn = 0; turn < kinds.length; turn++)
      await sample(...(kinds[(round + turn) % kinds.length] as [string, string]));
  }
  expectAlike(times.known, times.unknown);
  expectAlike(times.locked, times.lockedUnknown);
});

describe('what a password may be', () => {
  test('64 and 128 characters count to the last one', async () => {
    const { tenant } = await people();
    for (const length of [64, 128]) {
      const password = 'long but good '.repeat(10).slice(0, length);
      const { username } = await newUser(tenant, { password });
      expect((await at(tenant).signIn(username, `${password.slice(0, -1)}#`)).message).toBe(WRONG);
      expect((await at(tenant).signIn(username, password)).location).toBe('/home');
    }
  });

  test('129 characters are refused in words and without being looked at; a megabyte is not read', async () => {
    const { tenant, user } = await people();
    const answer = await at(tenant).signIn(user.username, 'a'.repeat(129));
    expect(answer.status).toBeLessThan(500);
    expect(fieldErrorsIn(answer.body).password).toContain('At most 128 characters.');
    expect(await eventsOf(tenant, 'authn_login_fail')).toHaveLength(0);
    expect(await budgets(tenant)).toEqual([]);
    const huge = await at(tenant).signIn(user.username, 'a'.repeat(1_000_000));
    expect([400, 413]).toContain(huge.status);
  });

  test('a body without a length is bounded as well', async () => {
    const { tenant } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    const fields = { username: 'x', password: 'a'.repeat(1_000_000) };
    const answer = await browser
      .post('/sign-in', form, fields, { headers: { 'transfer-encoding': 'chunked' } })
      .catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
    expect([400, 413, 'ECONNRESET', 'EPIPE']).toContain(answer.status);
    expect((await at(tenant).get('/sign-in')).status).toBe(200);
  });

  test('two spellings of the same letters are one password; spaces count; NUL cuts nothing off', async () => {
    const { tenant } = await people();
    const spellings: [string, string, boolean][] = [
      ['épée à Noël 77'.normalize('NFC'), 'épée à Noël 77'.normalize('NFD'), true],
      ['lantern 🦦 harbour', 'lantern 🦦 harbour', true],
      [' quiet otter ', 'quiet otter', false],
      [' quiet otter ', ' quiet otter ', true],
      ['quiet\0otter lagoon', 'quiet', false],
      ['quiet\0otter lagoon', 'quiet\0other lagoon', false],
      ['quiet\0otter lagoon', 'quiet\0otter lagoon', true],
      ['Quiet Otter 47', 'quiet otter 47', false],
    ];
    for (const [stored, typed, good] of spellings) {
      const { username } = await newUser(tenant, { password: stored });
      const answer = await at(tenant).signIn(username, typed);
      expect([answer.status < 500, answer.location ?? answer.message]).toEqual([true, good ? '/home' : WRONG]);
    }
  });

  test.each<[string, Fields]>([
    ['a field sent twice', { password: [PASSWORD, PASSWORD] }],
    ['a username sent twice', { username: ['a', 'b'] }],
    ['a name with brackets', { password: undefined, 'password[]': PASSWORD }],
    ['an object’s name', { password: undefined, 'password[$ne]': '' }],
    ['a file', { password: { file: PASSWORD } }],
    ['nothing', { password: undefined, username: undefined }],
    ['a prototype’s name', { password: undefined, __proto__x: 'a', constructor: 'b' }],
    ['an empty one', { password: '' }],
  ])('a password as %s signs nobody in and breaks nothing', async (_, fields) => {
    const { tenant, user } = await people();
    const browser = at(tenant);
    const form = await browser.form('/sign-in', ['username', 'password']);
    const answer = await browser.post('/sign-in', form, { username: user.username, ...fields });
    expect(answer.status).toBeLessThan(500);
    expect(answer.location).toBeUndefined();
    expect(answer.setCookies).toEqual([]);
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('a corrupt stored hash is an ordinary failed sign-in and raises an alert', async () => {
    const { tenant, user } = await people();
    for (const hash of ['garbage', '', '$argon2id$v=19$m=1,t=1,p=1$AA$AA', '$2b$10$abcdefghijklmnopqrstuv']) {
      await admin()`update passwords set hash = ${hash} where user_id = ${user.id}`;
      const answer = await at(tenant).signIn(user.username, PASSWORD);
      expect([answer.status, answer.message]).toEqual([200, WRONG]);
    }
    await expect.poll(() => running.app().output()).toContain('stored password hash is corrupt');
  });

  test('a hash with old parameters signs two tabs in at once and is renewed', async () => {
    const { tenant, user } = await people();
    const old = await argon2(PASSWORD, {
      memoryCost: 8192,
      timeCost: 1,
      parallelism: 1,
    });
    await admin()`update passwords set hash = ${old} where user_id = ${user.id}`;
    const tabs = await Promise.all([0, 1].map((instance) => at(tenant, { instance }).signIn(user.username, PASSWORD)));
    expect(tabs.map((tab) => tab.location)).toEqual(['/home', '/home']);
    const [row] = await admin()`select hash from passwords where user_id = ${user.id}`;
    expect(row?.hash).toContain('m=19456,t=2,p=1');
    expect((await at(tenant).signIn(user.username, PASSWORD)).location).toBe('/home');
  });

  test('a new one is refused with its reason, and kept where it is good', async () => {
    const tenant = await newTenant({ name: 'Copper Kettle' });
    const user = await newUser(tenant, { username: 'roberta' });
    const browser = at(tenant);
    await browser.signIn(user.username, PASSWORD);
    const change = async (password: string, repeat = password) => {
      const fields = { current: PASSWORD, password, repeat };
      return browser.submit('/settings/password', fields);
    };
    const reasons: [string, RegExp][] = [
      ['éàüöñçß', /At least 8 characters/],
      ['password1', /first that anyone would try/],
      ['my-Roberta-47', /must not contain your name/],
      ['xx copper KETTLE xx', /must not contain your name/],
      [PASSWORD, /This is your current password/],
      ['b'.repeat(129), /At most 128 characters/],
    ];
    for (const [password, reason] of reasons) {
      const answer = await change(password);
      expect(answer.status).toBe(200);
      expect(fieldErrorsIn(answer.body).password, password).toMatch(reason);
    }
    expect(fieldErrorsIn((await change(NEW_PASSWORD, `${NEW_PASSWORD} `)).body).repeat).toMatch(/not the same/);
    expect((await change('éàüöñçßé')).message).toMatch(/Your password was changed|changed/i);
    expect((await at(tenant).signIn(user.username, 'éàüöñçßé')).location).toBe('/home');
  });
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}

function at(tenant: Tenant, { from, instance = 0 }: { from?: string; instance?: number } = {}) {
  return visitor({ port: running.app(instance).port, host: tenant.host, from });
}

/** Returns the answer to the fifth wrong password. */
async function lockOut(tenant: Tenant, user: Person, from?: string) {
  const browser = at(tenant, { from });
  for (let attempt = 1; attempt <= 4; attempt++) {
    expect((await browser.signIn(user.username, 'not the password')).message).toBe(WRONG);
  }
  const fifth = await browser.signIn(user.username, 'not the password');
  expect(fifth.message).toMatch(WAIT);
  return fifth;
}

async function budgets(tenant: Tenant) {
  return [
    ...(await admin()`select fails, refused from throttles where tenant_id = ${tenant.id} and kind = 'password'`),
  ];
}

/** Fails where two samples differ by more than 5 ms and beyond the machine’s own noise. */
function expectAlike(one: number[] = [], other: number[] = []) {
  const gap = Math.abs(median(one) - median(other));
  const doubt = likelihood(one, other);
  expect(gap < 5 || doubt > 0.01, `medians ${gap.toFixed(1)} ms apart, p = ${doubt.toFixed(4)}`).toBe(true);
}

/** Mann-Whitney U, two-sided, by the normal approximation. */
function likelihood(one: number[], other: number[]) {
  const wins = one.reduce((sum, a) => sum + other.reduce((inner, b) => inner + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  const [n, m] = [one.length, other.length];
  const z = Math.abs(wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return Math.min(1, 2 * Math.exp(-0.717 * z - 0.416 * z * z));
}
