import { describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { hashToken, randomToken } from '@/lib/crypto';
import { changePassword } from '@/lib/passwords/change';
import { storedPolicy, updatePolicy } from '@/lib/policies/change';
import { findPolicy } from '@/lib/policies/find';
import { readNetworks } from '@/lib/policies/networks';
import { DEFAULT_POLICY, type Policy } from '@/lib/policies/policy';
import { confirmationOf, type PolicyInput, previewPolicy } from '@/lib/policies/preview';
import { takeTry } from '@/lib/rate-limit/lockout';
import { findSession } from '@/lib/sessions/find';
import { findAttempt } from '@/lib/sign-in/attempt';
import { forgetRemembered, listRemembered } from '@/lib/sign-in/remembered';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import { proveCode } from '@/lib/sign-in/with-totp';
import type { Tenant } from '@/lib/tenants/tenants';
import { resetTwoFactor } from '@/lib/users/help';
import { eventsOf } from '@/tests/support/audit';
import { admin, age } from '@/tests/support/clock';
import { codeOf } from '@/tests/support/totp';
import { enrolled, newTenant, newUser, PASSWORD, type Person } from '@/tests/support/users';

const OFFICE = '203.0.113.7';
const HOME = '198.51.100.20';

describe('before a policy is saved, the preview', () => {
  test('counts users without a second factor or email, users who would be signed out, and the administrator', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const [milo] = await Promise.all([newUser(tenant), newUser(tenant, { email: null }), newUser(tenant)]);
    await enrolled(tenant, milo);
    await newUser(tenant, { status: 'disabled', email: null });
    const [session] = await Promise.all([signedIn(tenant, dana), signedIn(tenant, milo, 'totp')]);
    const preview = await previewPolicy(tenant, input({ secondFactor: 'required' }), asker(dana, session.id));
    expect(preview).toMatchObject({
      ok: true,
      effect: {
        people: 4,
        withoutSecondFactor: 3,
        withSecondFactor: 1,
        withoutEmail: 1,
        signedOut: 1,
        youSignedOut: true,
        outside: 0,
        youOutside: false,
      },
    });
    expect(await found(tenant, session.token)).toMatchObject({ why: null });
    expect(await eventsOf(tenant, 'policy_update')).toEqual([]);
  });

  test('says of idle and absolute limits exactly what the guard then does', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const milo = await newUser(tenant);
    const [own, idle, old] = [await signedIn(tenant, dana), await signedIn(tenant, milo), await signedIn(tenant, milo)];
    await admin()`update sessions set last_seen_at = now() - interval '40 minutes' where id = ${idle.id}`;
    await admin()`update sessions set created_at = now() - interval '9 hours' where id = ${old.id}`;
    const shorter = input({ idleMinutes: 30, absoluteMinutes: 480 });
    const preview = await previewPolicy(tenant, shorter, asker(dana, own.id));
    expect(preview).toMatchObject({ ok: true, effect: { signedOut: 1, youSignedOut: false } });
    expect(await updatePolicy(tenant, shorter, cause(dana))).toEqual({ ok: true });
    expect([(await found(tenant, own.token))?.why, (await found(tenant, idle.token))?.why]).toEqual([null, 'idle']);
    expect((await found(tenant, old.token))?.why).toBe('absolute');
  });

  test('does not sign out sessions again that are over already', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const session = await signedIn(tenant, dana);
    await age('sessions', 5 * 3600, `id = '${session.id}'`);
    const preview = await previewPolicy(tenant, input({ secondFactor: 'required' }), asker(dana, session.id));
    expect(preview).toMatchObject({ ok: true, effect: { signedOut: 0, youSignedOut: false } });
  });

  test('is tied to the values it was made of and to the version it was made over', () => {
    const one = input({ networks: ['10.0.0.0/8'] });
    expect(confirmationOf(one, '1')).toBe(confirmationOf({ ...one }, '1'));
    expect(confirmationOf(one, '1')).not.toBe(confirmationOf(one, '2'));
    expect(confirmationOf(one, '1')).not.toBe(confirmationOf({ ...one, lockTries: 6 }, '1'));
  });
});

describe('saving', () => {
  test('of two administrators the second sees a conflict, and nothing of theirs is saved', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const { version } = await storedPolicy(tenant);
    const both = await Promise.all(
      [6, 7].map((lockTries) => updatePolicy(tenant, input({ lockTries }), cause(dana), { version })),
    );
    expect(both.map((one) => (one.ok ? 'saved' : one.error)).sort()).toEqual(['edit-conflict', 'saved']);
    expect(await eventsOf(tenant, 'policy_update')).toHaveLength(1);
  });

  test('what is out of bounds is refused by the domain and by the database, without an entitlement everything', async () => {
    const tenant = await newTenant();
    for (const [field, value] of [
      ['lockTries', 2],
      ['lockTries', 11],
      ['lockMinutes', 4],
      ['lockMinutes', 61],
      ['passwordHistory', 11],
      ['passwordHistory', -1],
      ['passwordMinLength', 7],
      ['idleMinutes', 4.5],
      ['callGraceMinutes', 14],
      ['callGraceMinutes', 241],
    ] as const) {
      expect(await updatePolicy(tenant, input({ [field]: value }), cause())).toMatchObject({
        error: 'out-of-bounds',
        field,
      });
    }
    await expect(
      admin()`update policies set call_grace_minutes = 241 where tenant_id = ${tenant.id}`,
    ).rejects.toThrow();
    await expect(admin()`update policies set lock_tries = 11 where tenant_id = ${tenant.id}`).rejects.toThrow();
    await expect(admin()`update policies set networks = '{office}' where tenant_id = ${tenant.id}`).rejects.toThrow();
    const other = await newTenant({ entitlements: [] });
    expect(await updatePolicy(other, input({}), cause())).toMatchObject({ error: 'not-entitled' });
    expect(await eventsOf(tenant, 'policy_update')).toEqual([]);
  });

  test('the audit log names the changed settings', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    await updatePolicy(tenant, input({ lockTries: 4, networks: ['203.0.113.0/24'] }), cause(dana));
    const [event] = await eventsOf(tenant, 'policy_update');
    expect(event).toMatchObject({
      actor_id: dana.id,
      detail: { 'old.lockTries': 5, 'new.lockTries': 4, 'old.networks': null, 'new.networks': '203.0.113.0/24' },
    });
    expect(Object.keys(event?.detail ?? {})).toHaveLength(4);
  });
});

describe('a second factor required from a day on', () => {
  test('is optional until that day and required in every sign-in from then on', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const session = await signedIn(tenant, dana);
    const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    expect(await updatePolicy(tenant, required(day), cause(dana))).toEqual({ ok: true });
    expect(await storedPolicy(tenant)).toMatchObject({ secondFactor: 'required', secondFactorFrom: day });
    expect((await found(tenant, session.token))?.policy).toMatchObject({ secondFactor: 'optional' });
    expect(Date.parse((await found(tenant, session.token))?.policy.secondFactorFrom ?? '')).toBeGreaterThan(Date.now());
    expect(await findPolicy(tenant)).toMatchObject({ secondFactor: 'optional' });
    expect(await enter(tenant, dana)).toMatchObject({ ok: true, next: 'done' });

    await admin()`update policies set second_factor_from = now() - interval '1 second' where tenant_id = ${tenant.id}`;
    expect(await found(tenant, session.token)).toMatchObject({
      why: 'second-factor',
      policy: { secondFactorFrom: null },
    });
    expect(await findPolicy(tenant)).toMatchObject({ secondFactor: 'required', secondFactorFrom: null });
    expect(await enter(tenant, dana)).toMatchObject({ ok: true, next: 'enroll' });
    expect(await storedPolicy(tenant)).toMatchObject({ secondFactorFrom: null });
  });

  test('begins at midnight of the tenant', async () => {
    const tenant = await newTenant();
    const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
    await updatePolicy(tenant, required(day), cause());
    const [row] =
      await admin()`select to_char(second_factor_from at time zone 'America/Toronto', 'YYYY-MM-DD HH24:MI') as at
      from policies where tenant_id = ${tenant.id}`;
    expect(row?.at).toBe(`${day} 00:00`);
  });

  test('an invalid or distant day is refused; a past day takes effect at once', async () => {
    const tenant = await newTenant();
    for (const day of ['2099-01-01', '2027-02-30', 'soon', '20270101', "2027-01-01'"])
      expect([day, await updatePolicy(tenant, required(day), cause())]).toMatchObject([day, { error: 'day-form' }]);
    expect(await updatePolicy(tenant, required('2026-01-01'), cause())).toEqual({ ok: true });
    expect(await findPolicy(tenant)).toMatchObject({ secondFactor: 'required', secondFactorFrom: null });
  });
});

describe('a remembered device', () => {
  test('replaces the code for thirty days if the user chose it, for that user only', async () => {
    const { tenant, milo, secret } = await withMemory();
    const device = await proveOn(tenant, milo, secret, true);
    const followed = await enter(tenant, milo, { device });
    expect(followed).toMatchObject({ ok: true, next: 'done' });
    const success = (await eventsOf(tenant, 'authn_login_success')).at(-1);
    expect(success).toMatchObject({ subject_id: milo.id, detail: { factor: 'device' } });
    expect(await eventsOf(tenant, 'authn_device_remember')).toHaveLength(1);

    const ruth = await newUser(tenant);
    await enrolled(tenant, ruth);
    expect(await enter(tenant, ruth, { device })).toMatchObject({ next: 'code' });
    expect(await enter(tenant, milo, { device: randomToken() })).toMatchObject({ next: 'code' });
    await age('devices', 30 * 86_400 + 5, `user_id = '${milo.id}'`);
    expect(await enter(tenant, milo, { device })).toMatchObject({ next: 'code' });
  });

  test('is not remembered without the user’s choice or the policy’s permission', async () => {
    const { tenant, milo, secret } = await withMemory();
    const device = await proveOn(tenant, milo, secret, false);
    expect(await enter(tenant, milo, { device })).toMatchObject({ next: 'code' });
    const strict = await newTenant({ policy: { secondFactor: 'required' } });
    const ruth = await newUser(strict);
    const own = await enrolled(strict, ruth);
    const asked = await proveOn(strict, ruth, own.secret, true);
    expect(await enter(strict, ruth, { device: asked })).toMatchObject({ next: 'code' });
    expect(await listRemembered(strict, ruth.id, asked)).toEqual([]);
  });

  test('is listed and forgotten by its owner only', async () => {
    const { tenant, milo, secret } = await withMemory();
    const device = await proveOn(tenant, milo, secret, true);
    const [listed] = await listRemembered(tenant, milo.id, device);
    expect(listed).toMatchObject({ own: true, address: OFFICE, browser: 'Chrome · Linux' });
    const ruth = await newUser(tenant);
    expect(await forgetRemembered(tenant, ruth.id, listed?.id ?? '', cause(ruth))).toMatchObject({
      error: 'not-found',
    });
    expect(await forgetRemembered(await newTenant(), milo.id, listed?.id ?? '', cause())).toMatchObject({
      error: 'not-found',
    });
    expect(await enter(tenant, milo, { device })).toMatchObject({ next: 'done' });
    expect(await forgetRemembered(tenant, milo.id, listed?.id ?? '', cause(milo))).toEqual({ ok: true, forgotten: 1 });
    expect(await enter(tenant, milo, { device })).toMatchObject({ next: 'code' });
  });

  test('is forgotten with a new password, with a reset factor, and when the policy takes it back for good', async () => {
    const { tenant, milo, secret } = await withMemory();
    const device = await proveOn(tenant, milo, secret, true);
    const session = await sessionOf(milo);
    const changed = await changePassword(
      tenant,
      await findPolicy(tenant),
      { userId: milo.id, sessionId: session },
      { current: PASSWORD, password: 'amber walrus terrace 31', repeat: 'amber walrus terrace 31' },
      cause(milo),
    );
    expect(changed).toMatchObject({ ok: true });
    expect(await listRemembered(tenant, milo.id, device)).toEqual([]);

    const second = await withMemory();
    const other = await proveOn(second.tenant, second.milo, second.secret, true);
    await resetTwoFactor(second.tenant, second.milo.id, cause());
    expect(await listRemembered(second.tenant, second.milo.id, other)).toEqual([]);

    const third = await withMemory();
    const kept = await proveOn(third.tenant, third.milo, third.secret, true);
    await updatePolicy(third.tenant, input({ rememberDevices: false, secondFactor: 'required' }), cause());
    await updatePolicy(third.tenant, input({ rememberDevices: true, secondFactor: 'required' }), cause());
    expect(await enter(third.tenant, third.milo, { device: kept })).toMatchObject({ next: 'code' });
  });

  test('does not open a session once the policy was withdrawn after the password', async () => {
    const { tenant, milo, secret } = await withMemory();
    const device = await proveOn(tenant, milo, secret, true);
    const stale = await findPolicy(tenant);
    await admin()`update policies set remember_devices = false where tenant_id = ${tenant.id}`;
    expect(await enter(tenant, milo, { device, policy: stale })).toMatchObject({ ok: false });
  });

  test('does not replace an emergency account’s second factor while passwords are hidden', async () => {
    const { tenant, milo, secret } = await withMemory();
    const device = await proveOn(tenant, milo, secret, true);
    await admin()`update users set emergency = true, role = 'administrator' where id = ${milo.id}`;
    await admin()`update tenants set entitlements = '{security-policies,single-sign-on}' where id = ${tenant.id}`;
    await admin()`update policies set password_hidden = true where tenant_id = ${tenant.id}`;
    const followed = await enter(tenant, milo, { device, emergency: true });
    expect(followed).toMatchObject({ next: 'code' });
  });
});

describe('earlier passwords', () => {
  const CHANGES = [
    'amber walrus terrace 31',
    'cobalt lantern meadow 58',
    'silver harbor thistle 73',
    'crimson valley pebble 19',
  ];

  test('do not come back as long as the policy says, and are not kept longer', async () => {
    const tenant = await newTenant({ policy: { passwordHistory: 2 } });
    const milo = await newUser(tenant);
    let current = PASSWORD;
    for (const next of CHANGES.slice(0, 3)) {
      expect(await change(tenant, milo, current, next)).toMatchObject({ ok: true });
      current = next;
    }
    // In use: the third. The two before it may not come back, the first of all may.
    expect(await change(tenant, milo, current, CHANGES[0] ?? '')).toMatchObject({
      error: 'used-before',
      field: 'password',
    });
    expect(await change(tenant, milo, current, CHANGES[1] ?? '')).toMatchObject({ error: 'used-before' });
    expect(await kept(milo)).toBe(2);
    expect(await change(tenant, milo, current, PASSWORD)).toMatchObject({ ok: true });
    expect(await kept(milo)).toBe(2);
  });

  test('are not kept at all where the policy does not ask', async () => {
    const tenant = await newTenant();
    const milo = await newUser(tenant);
    expect(await change(tenant, milo, PASSWORD, CHANGES[0] ?? '')).toMatchObject({ ok: true });
    expect(await kept(milo)).toBe(0);
    expect(await change(tenant, milo, CHANGES[0] ?? '', PASSWORD)).toMatchObject({ ok: true });
  });
});

describe('lockout by the tenant’s own numbers', () => {
  test.each([
    [3, 5],
    [10, 60],
  ])('after %i tries for %i minutes, for a user and an unknown name alike', async (tries, minutes) => {
    const tenant = await newTenant({ policy: { lockTries: tries, lockMinutes: minutes } });
    const milo = await newUser(tenant);
    for (const identifier of [milo.username, 'nobody.at.all']) {
      for (let count = 1; count < tries; count++)
        expect(await wrong(tenant, identifier)).toMatchObject({ error: 'wrong' });
      expect(await wrong(tenant, identifier)).toEqual({ ok: false, error: 'locked', minutes });
      expect(await wrong(tenant, identifier)).toEqual({ ok: false, error: 'locked', minutes });
    }
  });

  test('forty at once: as many go through as the policy says', async () => {
    const tenant = await newTenant({ policy: { lockTries: 4 } });
    const budget = Buffer.from('forty at once');
    const tries = await Promise.all(Array.from({ length: 40 }, () => takeTry(tenant.id, 'password', budget, null)));
    expect(tries.filter((one) => !one.refused)).toHaveLength(4);
    expect(tries.filter((one) => one.locks)).toHaveLength(1);
  });

  test('after a short lockout has ended the tries start again', async () => {
    const tenant = await newTenant({ policy: { lockTries: 3, lockMinutes: 5 } });
    for (let count = 0; count < 3; count++) await wrong(tenant, 'ghost');
    expect(await wrong(tenant, 'ghost')).toMatchObject({ error: 'locked' });
    await age('throttles', 301, `tenant_id = '${tenant.id}'`);
    expect(await wrong(tenant, 'ghost')).toMatchObject({ error: 'wrong' });
    expect(await wrong(tenant, 'ghost')).toMatchObject({ error: 'wrong' });
    expect(await wrong(tenant, 'ghost')).toMatchObject({ error: 'locked' });
  });
});

describe('networks', () => {
  test.each([
    ['203.0.113.7', ['203.0.113.7/32']],
    ['203.0.113.77/24', ['203.0.113.0/24']],
    ['10.1.2.3/9, 10.1.2.3/9\n 192.168.1.1/30', ['10.0.0.0/9', '192.168.1.0/30']],
    ['2001:DB8::1/32', ['2001:db8::/32']],
    ['2001:db8:0:ff::1/60;fe80::1', ['2001:db8:0:f0::/60', 'fe80::1/128']],
    ['  \r\n', []],
  ])('%j is read', async (text, networks) => {
    expect(readNetworks(text)).toEqual({ ok: true, networks });
    const tenant = await newTenant();
    await admin()`update policies set networks = ${networks} where tenant_id = ${tenant.id}`;
  });

  test.each([
    'office',
    '10.0.0.0/33',
    '10.0.0/8',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    '10.0.0.0/-1',
    '1.2.3.4/',
    '10.0.0.0/8a',
    '<b>',
    '::ffff:0:0/x',
  ])('%j is refused and named', (text) => {
    expect(readNetworks(text)).toMatchObject({ ok: false, error: 'network-form', field: 'networks', entry: text });
  });

  test('more than fifty are refused', () => {
    const many = Array.from({ length: 51 }, (_, at) => `10.0.${at}.0/24`).join('\n');
    expect(readNetworks(many)).toMatchObject({ error: 'too-many-networks' });
  });

  test('a session opens nothing from outside the allowed networks, and works inside', async () => {
    const tenant = await newTenant({ policy: { networks: ['203.0.113.0/24', '2001:db8::/32'] } });
    const session = await signedIn(tenant, await newUser(tenant));
    expect(await found(tenant, session.token, HOME)).toMatchObject({ why: 'network', session: null, user: null });
    for (const nowhere of ['unknown', '', '203.0.113.7, 10.0.0.1', '2001:db9::1'])
      expect((await found(tenant, session.token, nowhere))?.why).toBe('network');
    for (const inside of [OFFICE, '::ffff:203.0.113.9', '2001:db8::5'])
      expect((await found(tenant, session.token, inside))?.why).toBeNull();
  });

  test('from outside a right password fails exactly like a wrong one', async () => {
    const tenant = await newTenant({ policy: { networks: ['203.0.113.0/24'] } });
    const milo = await newUser(tenant);
    const answers = [
      await enter(tenant, milo, { address: HOME }),
      await wrong(tenant, milo.username, HOME),
      await wrong(tenant, 'nobody.here', HOME),
    ];
    for (const answer of answers) expect(answer).toEqual({ ok: false, error: 'outside-network' });
    const fails = await eventsOf(tenant, 'authn_login_fail');
    expect(fails.map(({ detail }) => detail.reason)).toEqual(['network', 'network', 'network']);
    expect(await enter(tenant, milo)).toMatchObject({ ok: true, next: 'done' });
  });

  test('no session opens when the address moves outside between password and code', async () => {
    const { tenant, milo, secret } = await withMemory();
    await admin()`update policies set networks = '{203.0.113.0/24}' where tenant_id = ${tenant.id}`;
    const policy = await findPolicy(tenant);
    const begun = await enter(tenant, milo);
    if (!begun.ok || !('attempt' in begun)) throw new Error('no attempt');
    const attempt = await findAttempt(tenant, policy, begun.attempt.token);
    if (!attempt) throw new Error('no attempt');
    expect(await proveCode(tenant, policy, attempt, { code: codeOf(secret) }, cause(null, HOME))).toMatchObject({
      ok: false,
    });
  });

  test('an emergency account signs in from outside with its own second factor, and not without', async () => {
    const tenant = await newTenant({ policy: { networks: ['203.0.113.0/24'] } });
    const boss = await newUser(tenant, { role: 'administrator' });
    await admin()`update users set emergency = true where id = ${boss.id}`;
    expect(await enter(tenant, boss, { address: HOME })).toEqual({ ok: false, error: 'outside-network' });
    const { secret } = await enrolled(tenant, boss);
    const session = await proveFrom(tenant, boss, secret, HOME);
    expect((await found(tenant, session, HOME))?.why).toBeNull();
  });

  test('administrators cannot exclude themselves, nor the command line all administrators', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const session = await signedIn(tenant, dana);
    const office = input({ networks: ['203.0.113.0/24'] });
    const atHome = { ...asker(dana, session.id), address: HOME };
    expect(await previewPolicy(tenant, office, atHome)).toMatchObject({ effect: { youOutside: true, outside: 1 } });
    expect(await updatePolicy(tenant, office, cause(dana, HOME), { asker: atHome })).toMatchObject({
      error: 'outside-yourself',
      field: 'networks',
      address: HOME,
    });
    const elsewhere = input({ networks: ['192.0.2.0/24'] });
    expect(await updatePolicy(tenant, elsewhere, cause())).toMatchObject({ error: 'locks-everyone-out' });
    expect(await updatePolicy(tenant, office, cause(dana), { asker: asker(dana, session.id) })).toEqual({ ok: true });
    expect((await findPolicy(tenant)).networks).toEqual(['203.0.113.0/24']);
  });
});

type Enter = { device?: string; address?: string; policy?: Policy; emergency?: boolean };

async function enter(tenant: Tenant, person: Person, { device, address = OFFICE, policy, emergency }: Enter = {}) {
  const given = { identifier: person.username, password: person.password, returnTo: null };
  const inForce = policy ?? (await findPolicy(tenant));
  return signInWithPassword(tenant, inForce, given, { ...cause(null, address), device }, { emergency });
}

async function wrong(tenant: Tenant, identifier: string, address = OFFICE) {
  const given = { identifier, password: 'not the password', returnTo: null };
  return signInWithPassword(tenant, await findPolicy(tenant), given, cause(null, address));
}

async function withMemory() {
  const tenant = await newTenant({ policy: { secondFactor: 'required', rememberDevices: true } });
  const milo = await newUser(tenant);
  const { secret } = await enrolled(tenant, milo);
  return { tenant, milo, secret };
}

/** Signs in with password and code, and promises the device's token. */
async function proveOn(tenant: Tenant, person: Person, secret: string, remember: boolean) {
  const followed = await prove(tenant, person, secret, OFFICE, remember);
  return followed.device;
}

async function proveFrom(tenant: Tenant, person: Person, secret: string, address: string) {
  return (await prove(tenant, person, secret, address, false)).session.token;
}

async function prove(tenant: Tenant, person: Person, secret: string, address: string, remember: boolean) {
  const policy = await findPolicy(tenant);
  const begun = await enter(tenant, person, { address });
  if (!begun.ok || !('attempt' in begun)) throw new Error('no code was asked for');
  const attempt = await findAttempt(tenant, policy, begun.attempt.token);
  if (!attempt) throw new Error('no attempt');
  const proved = await proveCode(tenant, policy, attempt, { code: codeOf(secret), remember }, cause(null, address));
  if (!proved.ok || !('session' in proved)) throw new Error(`not in: ${JSON.stringify(proved)}`);
  return proved;
}

/** A session as a sign-in from the office would have made it. */
async function signedIn(tenant: Tenant, person: Person, factor: 'totp' | null = null) {
  const token = randomToken();
  const [row] = await admin()<{ id: string }[]>`
    insert into sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    values (${tenant.id}, ${person.id}, ${hashToken(token)}, ${factor}, ${OFFICE}, 'tests', now() + interval '24 hours')
    returning id`;
  return { token, id: row?.id ?? '' };
}

function found(tenant: Tenant, token: string, address = OFFICE) {
  return findSession({ kind: 'tenant', slug: tenant.slug }, token, false, { address });
}

function input(change: Partial<PolicyInput>): PolicyInput {
  const { ssoSecondFactor: _sso, passwordHidden: _hidden, ...rest } = DEFAULT_POLICY;
  return { ...rest, ...change };
}

function required(day: string) {
  return input({ secondFactor: 'required', secondFactorFrom: day });
}

function asker(person: Person, sessionId: string) {
  return { userId: person.id, sessionId, address: OFFICE };
}

function cause(person: Person | null = null, address = OFFICE): Cause {
  const userAgent =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  return { actorId: person?.id ?? null, address, userAgent, requestId: 'tests' };
}

async function sessionOf(person: Person) {
  const [row] = await admin()<{ id: string }[]>`select id from sessions where user_id = ${person.id} limit 1`;
  return row?.id ?? '';
}

async function kept(person: Person) {
  const [row] = await admin()<{ count: number }[]>`
    select count(*)::int as count from earlier_passwords where user_id = ${person.id}`;
  return row?.count;
}

async function change(tenant: Tenant, person: Person, current: string, password: string) {
  const session = await signedIn(tenant, person);
  const who = { userId: person.id, sessionId: session.id };
  const policy = await findPolicy(tenant);
  return changePassword(tenant, policy, who, { current, password, repeat: password }, cause(person));
}
