import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withoutTenant, withTenant } from '@/db';
import { hashToken, newOneTimeToken, oneTimeToken, randomToken } from '@/lib/crypto';
import { openOperatorAttempt } from '@/lib/operators/attempt';
import { openAttempt } from '@/lib/sign-in/attempt';
import type { Step } from '@/lib/sign-in/next-step';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { newOperator, operatorHost, operatorSession } from '@/tests/support/operators';
import { newPhoneTenant } from '@/tests/support/phone';
import { enrolled, NEW_PASSWORD, newTenant, newUser } from '@/tests/support/users';

/**
 * Two users, one browser, two tabs: a form shown before signing in belongs to the user it was shown
 * for.
 */

const running = instances();
const PENDING = '__Host-pl';
const AGAIN = { password: NEW_PASSWORD, repeat: NEW_PASSWORD };

type Tenant = Awaited<ReturnType<typeof newTenant>>;

/**
 * Two users of one host; `open` leads the browser to the page as the first or the second of them
 * would come there.
 */
type Scene = { host: string; open(browser: Visitor, which: 0 | 1): Promise<void> };
type Case = { page: string; fields: Record<string, string>; scene(): Promise<Scene> };

const CASES: Record<string, Case> = {
  'reset-password resetPassword': { page: '/reset-password', fields: AGAIN, scene: () => resetLinks('link') },
  'reset-password sendTemporaryPassword': { page: '/reset-password', fields: {}, scene: () => resetLinks('temporary') },
  'welcome choosePassword': { page: '/welcome', fields: AGAIN, scene: invitationLinks },
  'confirm-email confirmAddress': { page: '/confirm-email', fields: {}, scene: emailLinks },
  'sign-in/code submitCode': { page: '/sign-in/code', fields: { code: '123456' }, scene: () => attemptsAt('code') },
  'sign-in/recovery-code submitRecoveryCode': {
    page: '/sign-in/recovery-code',
    fields: { code: 'aaaaa-bbbbb' },
    scene: () => attemptsAt('code'),
  },
  'sign-in/enroll submitFirstCode': {
    page: '/sign-in/enroll',
    fields: { code: '123456' },
    scene: () => attemptsAt('enroll'),
  },
  'sign-in/new-password submitNewPassword': {
    page: '/sign-in/new-password',
    fields: AGAIN,
    scene: () => attemptsAt('new-password'),
  },
  'operator/sign-in/code submitOperatorCode': {
    page: '/operator/sign-in/code',
    fields: { code: '123456' },
    scene: () => operatorAttemptsAt('code'),
  },
  'operator/sign-in/recovery-code submitOperatorRecoveryCode': {
    page: '/operator/sign-in/recovery-code',
    fields: { code: 'aaaaa-bbbbb' },
    scene: () => operatorAttemptsAt('code'),
  },
  'operator/sign-in/enroll submitFirstOperatorCode': {
    page: '/operator/sign-in/enroll',
    fields: { code: '123456' },
    scene: () => operatorAttemptsAt('enroll'),
  },
  'operator/sign-in/new-password submitOwnPassword': {
    page: '/operator/sign-in/new-password',
    fields: AGAIN,
    scene: () => operatorAttemptsAt('new-password'),
  },
};

/** Their fields say who is meant; nothing that the browser keeps does. */
const SELF_CONTAINED = new Set([
  'find openAccount',
  'find signIn',
  'forgot-password requestPasswordReset',
  'welcome typeSlip',
  'sign-in/emergency signInInEmergency',
  'operator/sign-in signInToConsole',
]);

test('every form before signing in is bound to its user or names them itself', () => {
  const before =
    /^(find|sign-in|sign-in\/.+|forgot-password|reset-password|confirm-email|welcome|operator\/sign-in(\/.+)?) /;
  const bound = actionsOfTheBuild().filter((name) => before.test(name) && !SELF_CONTAINED.has(name));
  expect(bound.sort()).toEqual(Object.keys(CASES).sort());
});

describe('a form of one tab, after another user opened the same page in a second tab', () => {
  for (const [name, { page, fields, scene }] of Object.entries(CASES)) {
    test(`${name}: is refused, and changes nothing for either`, async () => {
      const { host, open } = await scene();
      const browser = at(host);
      await open(browser, 0);
      const form = await browser.form(page, ['as', ...Object.keys(fields)]);
      await open(browser, 1);
      const before = await everything();
      const answer = await browser.post(page, form, fields);
      expect([answer.status, answer.location]).toEqual([409, undefined]);
      expect(answer.message).toContain('Nothing was changed.');
      expect(answer.body).toMatch(new RegExp(`<a href="${page}"[^>]*>Reload</a>`));
      expect(await everything()).toEqual(before);
    });

    test(`${name}: without its owner is refused as well`, async () => {
      const { host, open } = await scene();
      const browser = at(host);
      await open(browser, 0);
      const before = await everything();
      const form = await browser.form(page, ['as', ...Object.keys(fields)]);
      expect((await browser.post(page, form, { ...fields, as: undefined })).status).toBe(409);
      expect(await everything()).toEqual(before);
    });
  }
});

test('a reloaded form works for the user it now shows', async () => {
  const { host, open } = await resetLinks('link');
  const browser = at(host);
  await open(browser, 0);
  const stale = await browser.form('/reset-password', ['password']);
  await open(browser, 1);
  expect((await browser.post('/reset-password', stale, AGAIN)).status).toBe(409);
  expect((await browser.get('/reset-password')).text).toContain('Second');
  expect((await browser.submit('/reset-password', AGAIN)).location).toBe('/sign-in?reason=password-changed');
});

test('the language chosen in one tab is not kept with the user of another', async () => {
  const tenant = await newPhoneTenant();
  const [first, second] = await pair(tenant);
  const browser = at(tenant.host);
  browser.jar.set('__Host-sid', await sessionOf(tenant, first.id));
  const form = await browser.form('/home', ['locale']);
  browser.jar.set('__Host-sid', await sessionOf(tenant, second.id));
  expect((await browser.post('/home', form, { locale: 'fr' })).status).toBe(303);
  const rows = await admin()`select locale from users where tenant_id = ${tenant.id}`;
  expect(rows.map(({ locale }) => locale)).toEqual([null, null]);
  await browser.submit('/home', { locale: 'fr' });
  expect((await admin()`select locale from users where id = ${second.id}`)[0]?.locale).toBe('fr');
});

test('the language of an operator is not kept with another operator', async () => {
  const [first, second] = [await newOperator(), await newOperator()];
  const browser = at(operatorHost());
  browser.jar.set('__Host-sid', await operatorSession(first));
  const form = await browser.form('/operator', ['locale']);
  browser.jar.set('__Host-sid', await operatorSession(second));
  await browser.post('/operator', form, { locale: 'fr' });
  const rows = await admin()`select locale from operators where id in (${first.id}, ${second.id})`;
  expect(rows.map(({ locale }) => locale)).toEqual([null, null]);
});

function at(host: string) {
  return visitor({ port: running.app().port, host });
}

async function pair(tenant: Tenant, more: Parameters<typeof newUser>[1] = {}) {
  return [
    await newUser(tenant, { firstName: 'First', ...more }),
    await newUser(tenant, { firstName: 'Second', ...more }),
  ] as const;
}

async function resetLinks(style: 'link' | 'temporary') {
  const tenant = await newTenant();
  return links(tenant, '/reset-password', await pair(tenant), async (userId) => {
    const made = newOneTimeToken('reset');
    await admin()`
      insert into password_resets (tenant_id, user_id, style, nonce, key_id, token_hash, sent_at)
      values (${tenant.id}, ${userId}, ${style}, ${made.nonce}, ${made.keyId}, ${made.tokenHash}, now())`;
    return oneTimeToken('reset', made);
  });
}

async function invitationLinks() {
  const tenant = await newTenant();
  return links(tenant, '/welcome', await pair(tenant, { password: undefined }), async (userId) => {
    const made = newOneTimeToken('invitation');
    await admin()`
      insert into invitations (tenant_id, user_id, way, nonce, key_id, token_hash, sent_at)
      values (${tenant.id}, ${userId}, 'mail', ${made.nonce}, ${made.keyId}, ${made.tokenHash}, now())`;
    return oneTimeToken('invitation', made);
  });
}

async function emailLinks() {
  const tenant = await newTenant();
  return links(tenant, '/confirm-email', await pair(tenant), async (userId) => {
    const made = newOneTimeToken('email-change');
    await admin()`
      insert into email_changes (tenant_id, user_id, email, nonce, key_id, token_hash)
      values (${tenant.id}, ${userId}, ${`${userId}@new.example`}, ${made.nonce}, ${made.keyId}, ${made.tokenHash})`;
    return oneTimeToken('email-change', made);
  });
}

async function links(
  tenant: Tenant,
  page: string,
  users: readonly { id: string }[],
  make: (userId: string) => Promise<string>,
): Promise<Scene> {
  const tokens = await Promise.all(users.map(({ id }) => make(id)));
  const open = async (browser: Visitor, which: 0 | 1) => {
    expect((await browser.get(`${page}/${tokens[which]}`)).status).toBe(307);
  };
  return { host: tenant.host, open };
}

async function attemptsAt(step: Exclude<Step, 'done'>): Promise<Scene> {
  const secondFactor = ({ code: 'optional', enroll: 'required', 'new-password': 'off' } as const)[step];
  const tenant = await newTenant({ policy: { secondFactor } });
  const users = await pair(tenant);
  if (step === 'code') for (const user of users) await enrolled(tenant, user);
  const start = { step, newPasswordRequired: step === 'new-password', returnTo: null };
  const tokens = await Promise.all(
    users.map(({ id }) => withTenant(tenant.id, (tx) => openAttempt(tx, tenant.id, id, start))),
  );
  return {
    host: tenant.host,
    open: async (browser, which) => void browser.jar.set(PENDING, tokens[which]?.token ?? ''),
  };
}

async function operatorAttemptsAt(step: 'code' | 'enroll' | 'new-password'): Promise<Scene> {
  const enrolling = step === 'enroll';
  const two = [await newOperator({ enrolled: !enrolling }), await newOperator({ enrolled: !enrolling })];
  const tokens = await Promise.all(
    two.map(({ id }) =>
      withoutTenant((db) => db.transaction((tx) => openOperatorAttempt(tx, id, enrolling, '/operator'))),
    ),
  );
  if (step === 'new-password')
    for (const { id } of two) {
      await admin()`update operators set temporary_until = now() + interval '1 hour' where id = ${id}`;
      await admin()`update operator_attempts set second_factor_at = now(), factor = 'totp' where operator_id = ${id}`;
    }
  return {
    host: operatorHost(),
    open: async (browser, which) => void browser.jar.set(PENDING, tokens[which]?.attempt.token ?? ''),
  };
}

async function sessionOf(tenant: Tenant, userId: string) {
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, address, user_agent, absolute_until)
    values (${tenant.id}, ${userId}, ${hashToken(token)}, '127.0.0.1', 'tests', now() + interval '1 hour')`;
  return token;
}

/** Everything that one of these forms could change. */
async function everything() {
  const tables = [
    ...['users', 'passwords', 'totp_secrets', 'recovery_codes', 'sessions', 'attempts', 'throttles', 'invitations'],
    ...['password_resets', 'email_changes', 'operators', 'operator_sessions', 'operator_attempts', 'audit_events'],
  ];
  return Promise.all(
    tables.map(async (table) => {
      const [row] = await admin().unsafe(
        `select md5(string_agg(t::text, ' ' order by t::text)) as rows from ${table} t`,
      );
      return [table, row?.rows];
    }),
  );
}

type Manifest = Record<'node' | 'edge', Record<string, { filename?: string; exportedName?: string }>>;

function actionsOfTheBuild() {
  const manifest: Manifest = JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8'));
  return Object.values({ ...manifest.node, ...manifest.edge }).map(({ filename = '', exportedName = '' }) => {
    const folder = filename.replace(/^.*?\bapp\//, '').replace(/\/?actions\.ts$/, '');
    return `${folder} ${exportedName}`;
  });
}
