import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { findPolicy } from '@/lib/policies/find';
import { resetPassword, resetTwoFactor } from '@/lib/users/help';
import { disable } from '@/lib/users/status';
import { startApp } from '@/tests/support/app';
import { eventsOf } from '@/tests/support/audit';
import { type Answer, visitor } from '@/tests/support/browser';
import { admin, age } from '@/tests/support/clock';
import { earlyInStep } from '@/tests/support/early-in-step';
import { instances } from '@/tests/support/instances';
import { codeOf, wrongCode } from '@/tests/support/totp';
import { enrolled, NEW_PASSWORD, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const running = instances(2);
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const WRONG = 'That code is not right. Type the code that the app shows now.';
const LOCKED = /^Too many wrong codes\. Wait \d+ minutes?, then try again\./;
const EXPIRED = '/sign-in?reason=expired';
const cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

describe('a code', () => {
  test('sent twenty times at once from two attempts on two instances opens one session', async () => {
    const { tenant, user, secret } = await people();
    const pending = await Promise.all([0, 1].map((instance) => behindPassword(tenant, user, instance)));
    const forms = await Promise.all(pending.map((browser) => browser.form('/sign-in/code', ['code'])));
    const code = codeOf(secret);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const [browser, form] = [pending[index % 2], forms[index % 2]];
        if (!browser || !form) throw new Error('no browser');
        return browser.post('/sign-in/code', form, { code });
      }),
    );
    expect(answers.filter(isIn)).toHaveLength(1);
    expect(await sessionsOf(user)).toBe(1);
    expect(answers.every((answer) => answer.status < 500)).toBe(true);
  });

  test('is good once, then the next one is', async () => {
    const { tenant, user, secret } = await people();
    const code = codeOf(secret);
    expect(isIn(await submitCode(tenant, user, code))).toBe(true);
    expect((await submitCode(tenant, user, code)).message).toBe(WRONG);
    expect(isIn(await submitCode(tenant, user, codeOf(secret, 1)))).toBe(true);
  });

  test('of an earlier step is refused once a later one was used', async () => {
    const { tenant, user, secret } = await people();
    expect(isIn(await submitCode(tenant, user, codeOf(secret)))).toBe(true);
    expect((await submitCode(tenant, user, codeOf(secret, -1))).message).toBe(WRONG);
  });

  test('of one step before or after is accepted, of two is not, and the clock is named', async () => {
    const tenant = await newTenant();
    const outcomes: [number, boolean][] = [];
    for (const step of [-2, -1, 0, 1, 2]) {
      const user = await newUser(tenant);
      const { secret } = await enrolled(tenant, user);
      const browser = await behindPassword(tenant, user);
      const form = await browser.form('/sign-in/code', ['code']);
      await earlyInStep();
      const answer = await browser.post('/sign-in/code', form, { code: codeOf(secret, step) });
      outcomes.push([step, isIn(answer)]);
      if (step === -2) expect(answer.message).toMatch(/your phone’s clock seems to be 1 minute slow/);
      if (step === 2) expect(answer.message).toMatch(/your phone’s clock seems to be 1 minute fast/);
    }
    expect(outcomes).toEqual([
      [-2, false],
      [-1, true],
      [0, true],
      [1, true],
      [2, false],
    ]);
  });

  test('of a phone that is twelve minutes off says by how much and which way', async () => {
    const { tenant, user, secret } = await people();
    expect((await submitCode(tenant, user, codeOf(secret, -24))).message).toMatch(/12 minutes slow/);
    expect((await submitCode(tenant, user, codeOf(secret, 24))).message).toMatch(/12 minutes fast/);
  });

  test('with a space or a hyphen in it is read; anything else is wrong, counted once, and no error', async () => {
    const { tenant, user, secret } = await people();
    const browser = await behindPassword(tenant, user);
    const form = await browser.form('/sign-in/code', ['code']);
    for (const code of [
      '12345',
      '1234567',
      'abcdef',
      '１２３４５６',
      '+12345',
      '12345a',
      '123456\0',
      '-1',
      '1e5',
      'NaN',
    ]) {
      await admin()`delete from throttles where user_id = ${user.id}`;
      const answer = await browser.post('/sign-in/code', form, { code });
      expect([code, answer.status, answer.message]).toEqual([code, 200, WRONG]);
      expect(await triesOf(user)).toBe(1);
    }
    for (const code of ['', ['123456', '123456'], undefined, { file: '123456' }, 'x'.repeat(10_000)]) {
      const answer = await browser.post('/sign-in/code', form, { code });
      expect(answer.status).toBe(400);
    }
    expect(await triesOf(user)).toBe(1);
    const code = codeOf(secret);
    const answer = await browser.post('/sign-in/code', form, { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
    expect(isIn(answer)).toBe(true);
  });
});

describe('five wrong codes', () => {
  test('over three attempts lock the user for fifteen minutes, also after a new password step', async () => {
    const { tenant, user, secret } = await people();
    const wrong = wrongCode(secret);
    for (const tries of [2, 2]) {
      const browser = await behindPassword(tenant, user);
      for (let attempt = 0; attempt < tries; attempt++) {
        expect((await browser.submit('/sign-in/code', { code: wrong })).message).toBe(WRONG);
      }
    }
    expect((await submitCode(tenant, user, wrong)).message).toMatch(LOCKED);
    expect((await submitCode(tenant, user, codeOf(secret))).message).toMatch(/Wait 15 minutes/);
    expect(await eventsOf(tenant, 'authn_login_code_fail')).toHaveLength(5);
    expect(await eventsOf(tenant, 'authn_login_code_lock')).toHaveLength(1);
    await age('throttles', 15 * 60 + 1, `user_id = '${user.id}'`);
    expect(isIn(await submitCode(tenant, user, codeOf(secret)))).toBe(true);
  });

  test('are five also when twenty come at once', async () => {
    const { tenant, user, secret } = await people();
    const browsers = await Promise.all([0, 1].map((instance) => behindPassword(tenant, user, instance)));
    const forms = await Promise.all(browsers.map((browser) => browser.form('/sign-in/code', ['code'])));
    const code = wrongCode(secret);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const form = forms[index % 2];
        return form && browsers[index % 2]?.post('/sign-in/code', form, { code });
      }),
    );
    expect(await eventsOf(tenant, 'authn_login_code_fail')).toHaveLength(5);
  });

  test('and recovery codes share one budget', async () => {
    const { tenant, user, secret, codes } = await people();
    const browser = await behindPassword(tenant, user);
    for (const code of ['aaaaa-aaaaa', '00000-00000', '']) {
      await browser.submit('/sign-in/recovery-code', { code });
    }
    for (let attempt = 0; attempt < 3; attempt++) await browser.submit('/sign-in/code', { code: wrongCode(secret) });
    const answer = await browser.submit('/sign-in/recovery-code', { code: codes[0] });
    expect(answer.message).toMatch(LOCKED);
  });
});

test('a recovery code works once, also twenty times at once, in capitals and without its hyphen', async () => {
  const { tenant, user, codes } = await people();
  const [first = '', second = ''] = codes;
  const browsers = await Promise.all([0, 1].map((instance) => behindPassword(tenant, user, instance)));
  const forms = await Promise.all(browsers.map((browser) => browser.form('/sign-in/recovery-code', ['code'])));
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const [browser, form] = [browsers[index % 2], forms[index % 2]];
      if (!browser || !form) throw new Error('no browser');
      return browser.post('/sign-in/recovery-code', form, { code: first });
    }),
  );
  expect(answers.filter(isIn)).toHaveLength(1);
  await admin()`delete from throttles where user_id = ${user.id}`;
  const again = await (await behindPassword(tenant, user)).submit('/sign-in/recovery-code', { code: first });
  expect(again.message).toMatch(/not right, or it has been used/);
  const other = await behindPassword(tenant, user);
  expect(isIn(await other.submit('/sign-in/recovery-code', { code: second.toUpperCase().replace('-', '') }))).toBe(
    true,
  );
  expect(await eventsOf(tenant, 'authn_recovery_code_use')).toHaveLength(2);
});

describe('enrollment', () => {
  test('takes the code that was shown with the QR code for five minutes, and then asks for a newer one', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const [inTime, tooLate] = [await newUser(tenant), await newUser(tenant)];
    const first = await enrolling(tenant, inTime);
    await age('attempts', 299, `user_id = '${inTime.id}'`);
    const taken = await first.browser.submit('/sign-in/enroll', {
      code: codeOf(first.secret, 0, Date.now() - 299_000),
    });
    expect(isIn(taken)).toBe(true);
    const second = await enrolling(tenant, tooLate);
    await age('attempts', 331, `user_id = '${tooLate.id}'`);
    const refused = await second.browser.submit('/sign-in/enroll', {
      code: codeOf(second.secret, 0, Date.now() - 331_000),
    });
    expect(refused.message).toMatch(/more than five minutes old/);
    expect(refused.text).toContain('Start over');
    expect(isIn(await second.browser.submit('/sign-in/enroll', { code: codeOf(second.secret) }))).toBe(true);
  });

  test('after a temporary password the recovery codes are shown once a new password is chosen', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant, { email: null });
    const made = await resetPassword(tenant, await findPolicy(tenant), user.id, cause);
    if (!made.ok || made.sent !== 'shown') throw new Error('no temporary password');
    const { browser, secret } = await enrolling(tenant, { ...user, password: made.temporaryPassword });
    const enrolledThen = await browser.submit('/sign-in/enroll', { code: codeOf(secret) });
    expect(enrolledThen.location).toBe('/sign-in/new-password');
    const chosen = await browser.submit('/sign-in/new-password', { password: NEW_PASSWORD, repeat: NEW_PASSWORD });
    expect(chosen.location).toBe('/recovery-codes?return_to=%2Fhome');
    const page = await browser.get('/recovery-codes?return_to=%2Fhome');
    expect(page.body.match(/<li>[0-9a-z]{5}-[0-9a-z]{5}<\/li>/g)).toHaveLength(10);
  });

  test('names the phone’s clock where the first code is older than the secret', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const { browser, secret } = await enrolling(tenant, await newUser(tenant));
    const answer = await browser.submit('/sign-in/enroll', { code: codeOf(secret, -40) });
    expect(answer.message).toMatch(/20 minutes slow/);
  });

  test('spends its code: it opens no later sign-in, nor does one of three minutes ago', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant);
    const { browser, secret } = await enrolling(tenant, user);
    const code = codeOf(secret);
    expect(isIn(await browser.submit('/sign-in/enroll', { code }))).toBe(true);
    expect((await submitCode(tenant, user, code)).message).toBe(WRONG);
    expect(isIn(await submitCode(tenant, user, codeOf(secret, -6)))).toBe(false);
    expect(isIn(await submitCode(tenant, user, codeOf(secret, 1)))).toBe(true);
  });

  test('is refused from another site, and a secret sent with the form is not looked at', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant);
    const sibling = await newTenant();
    const { browser, secret } = await enrolling(tenant, user);
    const form = await browser.form('/sign-in/enroll', ['code']);
    const origins = [
      'https://evil.example',
      `https://${sibling.host}`,
      'https://gatehouse.test',
      `http://${tenant.host}`,
      `https://${tenant.host}:8443`,
      'null',
    ];
    for (const origin of origins) {
      const answer = await browser.post('/sign-in/enroll', form, { code: codeOf(secret) }, { headers: { origin } });
      expect([origin, answer.status, isIn(answer)]).toEqual([origin, 403, false]);
    }
    const own = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    const forged = await browser.post('/sign-in/enroll', form, { code: codeOf(own), secret: own, sealedSecret: own });
    expect(forged.message).toBe(WRONG);
    expect(await admin()`select 1 from totp_secrets where user_id = ${user.id}`).toHaveLength(0);
    expect(isIn(await browser.submit('/sign-in/enroll', { code: codeOf(secret) }))).toBe(true);
  });

  test('shows the same secret in every tab and after a reload; a new sign-in makes another and ends the first', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant);
    const first = await enrolling(tenant, user);
    expect(secretOn(await first.browser.get('/sign-in/enroll'))).toBe(first.secret);
    const form = await first.browser.form('/sign-in/enroll', ['code']);
    const second = await enrolling(tenant, user);
    expect(second.secret).not.toBe(first.secret);
    const old = await first.browser.post('/sign-in/enroll', form, { code: codeOf(first.secret) });
    expect(old.location).toBe(EXPIRED);
    expect(isIn(await second.browser.submit('/sign-in/enroll', { code: codeOf(second.secret) }))).toBe(true);
    expect(await admin()`select 1 from totp_secrets where user_id = ${user.id}`).toHaveLength(1);
    await admin()`update totp_secrets set last_step = 0 where user_id = ${user.id}`;
    expect(isIn(await submitCode(tenant, user, codeOf(second.secret)))).toBe(true);
  });

  test('submitted twice at once makes one secret and one session', async () => {
    const tenant = await newTenant({ policy: { secondFactor: 'required' } });
    const user = await newUser(tenant);
    const { browser, secret } = await enrolling(tenant, user);
    const form = await browser.form('/sign-in/enroll', ['code']);
    const code = codeOf(secret);
    const both = await Promise.all([0, 1].map(() => browser.post('/sign-in/enroll', form, { code })));
    expect(both.filter(isIn)).toHaveLength(1);
    expect(both.every((answer) => answer.status < 400)).toBe(true);
    expect(await sessionsOf(user)).toBe(1);
  });
});

describe('an attempt', () => {
  const pages = [
    '/home',
    '/settings',
    '/settings/profile',
    '/settings/password',
    '/settings/two-factor',
    '/settings/sessions',
    '/recovery-codes',
    '/admin/users',
    '/admin/security',
  ];

  test('opens no page, data or action, and shows only the user’s first name', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant, { role: 'administrator', firstName: 'Wilhelmina', lastName: 'Zoutendijk' });
    const { secret } = await enrolled(tenant, user);
    const inside = await behindPassword(tenant, user);
    await inside.submit('/sign-in/code', { code: codeOf(secret) });
    const form = await inside.form('/settings/profile', ['firstName']);
    const pending = await behindPassword(tenant, user);
    const personal = ['Zoutendijk', user.username, user.email ?? '', user.extension ?? ''];
    const headers: Record<string, string>[] = [
      {},
      { rsc: '1' },
      { rsc: '1', 'next-router-prefetch': '1' },
      { rsc: '1', 'next-router-segment-prefetch': '/_tree' },
      { purpose: 'prefetch' },
    ];
    for (const path of [...pages, `/admin/users/${user.id}`]) {
      for (const more of headers) {
        const answer = await pending.get(path, { headers: more });
        const shown = personal.filter((word) => word && answer.body.includes(word));
        expect([path, more, shown]).toEqual([path, more, []]);
        expect(answer.status === 200 && !more.rsc).toBe(false);
      }
    }
    expect(JSON.parse((await pending.get('/api/session')).body)).toEqual({ live: false, msLeft: 0 });
    const answer = await pending.post('/settings/profile', form, { firstName: 'Mallory' });
    expect(answer.location).toMatch(/^\/sign-in/);
    const [row] = await admin()`select first_name from users where id = ${user.id}`;
    expect(row?.first_name).toBe('Wilhelmina');
    const page = await pending.get('/sign-in/code');
    expect(page.text).toContain('Wilhelmina');
    expect(personal.filter((word) => page.body.includes(word))).toEqual([]);
  });

  test('ends after ten minutes and after its use, and works on no other address and for no other user', async () => {
    const { tenant, user, secret } = await people();
    const other = await newUser(tenant);
    const foreign = await newTenant();
    const late = await behindPassword(tenant, user);
    const form = await late.form('/sign-in/code', ['code']);
    await age('attempts', 601, `user_id = '${user.id}'`);
    expect((await late.post('/sign-in/code', form, { code: codeOf(secret) })).location).toBe(EXPIRED);

    const used = await behindPassword(tenant, user);
    const token = used.jar.get('__Host-pl') ?? '';
    const abroad = visitor({ port: running.app().port, host: foreign.host });
    abroad.jar.set('__Host-pl', token);
    expect((await abroad.post('/sign-in/code', form, { code: codeOf(secret) })).location).toBe(EXPIRED);
    expect(isIn(await used.submit('/sign-in/code', { code: codeOf(secret) }))).toBe(true);
    const replay = visitor({ port: running.app().port, host: tenant.host });
    replay.jar.set('__Host-pl', token);
    expect((await replay.post('/sign-in/code', form, { code: codeOf(secret, 1) })).location).toBe(EXPIRED);

    const { secret: others } = await enrolled(tenant, other);
    const mixed = await behindPassword(tenant, user);
    expect(isIn(await mixed.submit('/sign-in/code', { code: codeOf(others) }))).toBe(false);
  });

  test('ends when an administrator resets the factor, disables the user, or the password changes', async () => {
    const tenant = await newTenant();
    const policy = await findPolicy(tenant);
    const changes: ((user: Person) => Promise<unknown>)[] = [
      (user) => resetTwoFactor(tenant, user.id, cause),
      (user) => disable(tenant, user.id, cause),
      async (user) => {
        const browser = await behindPassword(tenant, user);
        await admin()`delete from totp_secrets where user_id = ${user.id}`;
        expect(policy.secondFactor).toBe('optional');
        const signedIn = visitor({ port: running.app().port, host: tenant.host });
        await signedIn.signIn(user.username, PASSWORD);
        const fields = { current: PASSWORD, password: NEW_PASSWORD, repeat: NEW_PASSWORD };
        expect((await signedIn.submit('/settings/password', fields)).message).toMatch(/changed/);
        return browser;
      },
    ];
    for (const change of changes) {
      const user = await newUser(tenant);
      const { secret } = await enrolled(tenant, user);
      const browser = await behindPassword(tenant, user);
      const form = await browser.form('/sign-in/code', ['code']);
      await change(user);
      const before = await sessionsOf(user);
      const answer = await browser.post('/sign-in/code', form, { code: codeOf(secret) });
      expect(answer.location).toBe(EXPIRED);
      expect(await sessionsOf(user)).toBe(before);
      expect((await browser.get('/sign-in/code')).location).toBe(EXPIRED);
    }
  });

  test('has a new token at every step, and the earlier ones stop working', async () => {
    const { tenant, user, secret } = await people();
    const browser = await behindPassword(tenant, user);
    const pending = browser.jar.get('__Host-pl');
    await browser.submit('/sign-in/code', { code: codeOf(secret) });
    const session = browser.jar.get('__Host-sid');
    expect(session).toMatch(/^[\w-]{43}$/);
    expect(session).not.toBe(pending);
    expect(browser.jar.has('__Host-pl')).toBe(false);
    const other = visitor({ port: running.app().port, host: tenant.host });
    other.jar.set('__Host-sid', pending ?? '');
    expect((await other.get('/home')).status).toBe(307);
  });
});

test('a tenant that starts to require it sends sessions without it to enrollment, and keeps the others', async () => {
  const { tenant, user, secret } = await people();
  const plain = await newUser(tenant);
  const strong = await behindPassword(tenant, user);
  await strong.submit('/sign-in/code', { code: codeOf(secret) });
  const weak = await behindPassword(tenant, plain);
  expect((await weak.get('/home')).status).toBe(200);
  await admin()`update policies set second_factor = 'required' where tenant_id = ${tenant.id}`;
  const answer = await weak.get('/settings/profile');
  expect([answer.status, answer.location]).toEqual([
    307,
    '/sign-in?reason=second-factor&return_to=%2Fsettings%2Fprofile',
  ]);
  expect((await weak.open('/settings/profile')).text).toContain('Your company now asks for a second factor');
  expect((await weak.signIn(plain.username, PASSWORD)).location).toBe('/sign-in/enroll');
  expect((await strong.get('/home')).status).toBe(200);
});

describe('an administrator who resets it', () => {
  test('ends every session and attempt of the user, notifies them and records it', async () => {
    const { tenant, user, secret } = await people();
    const boss = await newUser(tenant, { role: 'administrator', firstName: 'Ada', lastName: 'Boss' });
    const inside = await behindPassword(tenant, user);
    await inside.submit('/sign-in/code', { code: codeOf(secret) });
    const pending = await behindPassword(tenant, user);
    const helper = await behindPassword(tenant, boss);
    const answer = await helper.submit(`/admin/users/${user.id}`, {}, { button: 'Reset two-factor' });
    expect(answer.status).toBe(200);
    expect((await inside.get('/home')).location).toMatch(/reason=ended/);
    expect((await pending.get('/sign-in/code')).location).toBe(EXPIRED);
    const mail = await running.mail.mail(user.email ?? '', /reset/i);
    expect(mail.text).toContain('Ada Boss');
    const [event] = await eventsOf(tenant, 'authn_second_factor_reset');
    expect(event).toMatchObject({ actor_id: boss.id, subject_id: user.id });
    expect((await behindPassword(tenant, user)).jar.has('__Host-sid')).toBe(true);
  });

  test('finds no user of another tenant, and is closed to agents', async () => {
    const { tenant, user } = await people();
    const boss = await newUser(tenant, { role: 'administrator' });
    const foreign = await newTenant();
    const foreigner = await newUser(foreign, { role: 'administrator' });
    const agent = await newUser(tenant);
    const own = await behindPassword(tenant, boss);
    const form = await own.form(`/admin/users/${user.id}`, [], 'Reset two-factor');
    const path = `/admin/users/${user.id}`;
    const outside = await behindPassword(foreign, foreigner);
    expect((await outside.get(path)).status).toBe(404);
    const fromOutside = await outside.post(path, form, { as: foreigner.id });
    expect(fromOutside.status).toBe(404);
    const low = await behindPassword(tenant, agent);
    expect((await low.get(path)).status).toBe(404);
    expect((await low.post(path, form, { as: agent.id })).status).toBe(404);
    expect(await admin()`select 1 from totp_secrets where user_id = ${user.id}`).toHaveLength(1);
    expect(await eventsOf(tenant, 'authn_second_factor_reset')).toHaveLength(0);
    expect((await eventsOf(tenant, 'authz_fail')).length).toBeGreaterThan(0);
  });
});

test('after enrollment the secret is in no page, response, log line or row', async () => {
  const tenant = await newTenant({ policy: { secondFactor: 'required' } });
  const user = await newUser(tenant, { role: 'administrator' });
  const { browser, secret } = await enrolling(tenant, user);
  const grouped = secret.match(/.{4}/g)?.join(' ') ?? '';
  const said = await browser.submit('/sign-in/enroll', { code: codeOf(secret) });
  expect(isIn(said)).toBe(true);
  const bodies: string[] = [said.body];
  for (const path of [
    '/recovery-codes',
    '/home',
    '/settings/two-factor',
    '/sign-in/enroll',
    `/admin/users/${user.id}`,
    '/api/session',
  ]) {
    bodies.push((await browser.get(path)).body, (await browser.get(path, { headers: { rsc: '1' } })).body);
  }
  const rows = await dump();
  for (const text of [...bodies, rows, running.app().output(), running.app(1).output()]) {
    expect(text.includes(secret) || text.includes(grouped)).toBe(false);
  }
  expect(rows).toContain(tenant.slug);
});

test('after a key rotation old secrets and recovery codes work, are sealed again, and fail closed without the old key', async () => {
  const { tenant, user, secret, codes } = await people();
  const idle = await newUser(tenant);
  const { secret: idleSecret } = await enrolled(tenant, idle);
  const [k1 = ''] = (process.env.GATEHOUSE_SECRETS ?? '').split(',');
  const k2 = `k2:${randomBytes(32).toString('base64')}`;
  const both = await startApp({ GATEHOUSE_SECRETS: `${k2},${k1}` });
  try {
    const browser = visitor({ port: both.port, host: tenant.host });
    await browser.signIn(user.username, PASSWORD);
    expect(isIn(await browser.submit('/sign-in/code', { code: codeOf(secret) }))).toBe(true);
    const [row] = await admin()`select sealed_secret from totp_secrets where user_id = ${user.id}`;
    expect(row?.sealed_secret).toMatch(/^k2\./);
    const spare = visitor({ port: both.port, host: tenant.host });
    await spare.signIn(user.username, PASSWORD);
    expect(isIn(await spare.submit('/sign-in/recovery-code', { code: codes[0] }))).toBe(true);
  } finally {
    await both.stop();
  }
  const alone = await startApp({ GATEHOUSE_SECRETS: k2 });
  try {
    const browser = visitor({ port: alone.port, host: tenant.host });
    await browser.signIn(user.username, PASSWORD);
    expect(isIn(await browser.submit('/sign-in/code', { code: codeOf(secret, 1) }))).toBe(true);
    const left = visitor({ port: alone.port, host: tenant.host });
    expect((await left.signIn(idle.username, PASSWORD)).location).toBe('/sign-in/code');
    const answer = await left.submit('/sign-in/code', { code: codeOf(idleSecret) });
    expect(isIn(answer)).toBe(false);
    expect(await sessionsOf(idle)).toBe(0);
  } finally {
    await alone.stop();
  }
});

async function people() {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  return { tenant, user, ...(await enrolled(tenant, user)) };
}

async function behindPassword(tenant: Tenant, user: Person, instance = 0) {
  const browser = visitor({ port: running.app(instance).port, host: tenant.host });
  const answer = await browser.signIn(user.username, user.password);
  expect(answer.status).toBe(303);
  return browser;
}

async function submitCode(tenant: Tenant, user: Person, code: string) {
  return (await behindPassword(tenant, user)).submit('/sign-in/code', { code });
}

async function enrolling(tenant: Tenant, user: Person) {
  const browser = await behindPassword(tenant, user);
  return { browser, secret: secretOn(await browser.get('/sign-in/enroll')) };
}

function secretOn({ text }: Answer) {
  const secret = /\b[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}\b/.exec(text)?.[0].replaceAll(' ', '');
  if (!secret) throw new Error(`no manual key in: ${text}`);
  return secret;
}

function isIn(answer: Answer) {
  return answer.setCookies.some((cookie) => /^__Host-sid=[\w-]{43};/.test(cookie));
}

async function sessionsOf(user: Person) {
  return (await admin()`select 1 from sessions where user_id = ${user.id}`).length;
}

async function triesOf(user: Person) {
  const [row] = await admin()`select fails from throttles where user_id = ${user.id} and kind = 'code'`;
  return row?.fails ?? 0;
}

/** Every row of every table as text. */
async function dump() {
  const tables = await admin()`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker')`;
  const texts = await Promise.all(
    tables.map(async ({ name }) =>
      (await admin().unsafe(`select t::text as row from ${name} t`)).map(({ row }) => row),
    ),
  );
  return texts.flat().join('\n');
}
