import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hashToken, randomToken } from '@/lib/crypto';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { instances } from '@/tests/support/instances';
import { hostOf, newTenant, newUser } from '@/tests/support/people';
import { type Answer, visitor } from '@/tests/support/visitor';

/**
 * Every action that the build exports is called as everybody who may not call it, past every page and button: with an input that
 * the right person could have sent. Whoever adds an action adds a line to ACTIONS.
 */

const running = instances();
type Tenant = Awaited<ReturnType<typeof newTenant>>;

/** Who may call it: an administrator, or whoever is signed in. */
type Who = 'administrator' | 'user';
type Row = { who: Who; page: string; input: Input };

const user = ({ victim }: Scene) => ({ user: victim });
const connection = ({ connection: id }: Scene) => ({ connection: id });
const password = { password: 'not the password' };

const oidc = {
  label: 'Another label',
  createRole: 'agent',
  issuer: 'https://elsewhere.example',
  clientId: 'gatehouse',
  scopes: 'openid email',
  tokenAuth: 'client_secret_basic',
  entraTenant: '',
  clientSecret: 'a secret',
};
const saml = {
  label: 'Another label',
  createRole: 'agent',
  metadataUrl: '',
  metadata: '<none/>',
  emailAttribute: '',
  source: 'text',
};

const ACTIONS: Record<string, Row> = {
  ...screen('/admin/users/[id]', {
    resetMemberTwoFactor: user,
    resetMemberPassword: user,
    unlockMember: user,
    endSessions: user,
    changeStatus: (scene) => ({ ...user(scene), status: 'disabled' }),
    changeRole: (scene) => ({ ...user(scene), role: 'administrator' }),
    changeEmergency: ({ second }) => ({ user: second, emergency: 'yes' }),
    releaseCompanyAccount: (scene) => ({ ...user(scene), ...connection(scene) }),
  }),
  ...screen('/admin/audit', { checkTrail: nothing }),
  ...screen('/admin/security', {
    savePolicy: () => ({
      secondFactor: 'off',
      resetStyle: 'temporary',
      minLength: '9',
      idleMinutes: '30',
      absoluteMinutes: '600',
    }),
  }),
  ...screen('/admin/single-sign-on', { move: (scene) => ({ ...connection(scene), direction: 'down' }) }),
  ...screen('/admin/single-sign-on/rules', { saveSecondFactor: () => ({ ssoSecondFactor: 'always' }) }),
  ...screen('/admin/single-sign-on/new/oidc', { connect: () => ({ ...oidc, connection: randomUUID() }) }),
  ...screen('/admin/single-sign-on/new/saml', { connect: () => ({ ...saml, connection: randomUUID() }) }),
  ...screen('/admin/single-sign-on/[id]/edit', {
    saveOidc: (scene) => ({ ...oidc, ...connection(scene) }),
    saveSaml: (scene) => ({ ...saml, ...connection(scene) }),
  }),
  ...screen('/admin/single-sign-on/[id]', {
    changeState: (scene) => ({ ...connection(scene), state: 'draft' }),
    switchOver: (scene) => ({ ...connection(scene), enabled: 'no' }),
    remove: connection,
    refetchMetadata: connection,
    renewKeys: connection,
  }),
  ...own('/settings/profile', {
    saveProfile: () => ({ firstName: 'Else', lastName: 'Body', locale: 'fr', timeZone: 'UTC' }),
    changeEmail: () => ({ ...password, email: 'else@elsewhere.example' }),
  }),
  ...own('/settings/sessions', { endOne: ({ session }) => ({ session }), endOthers: nothing }),
  ...own('/settings/two-factor', {
    begin: () => password,
    finish: () => ({ code: '123456' }),
    cancel: nothing,
    newRecoveryCodes: () => password,
    turnOff: () => password,
  }),
  ...own('/settings/password', {
    changeOwnPassword: () => ({ current: 'not it', password: 'violet marble 92 x', repeat: 'violet marble 92 x' }),
  }),
  ...own('/recovery-codes', { keepCodes: () => ({ return_to: '' }) }),
};

/** Before anybody has signed in: every visitor may call these, and their own tests say what they make of it. */
const OPEN = /^(find|sign-in|sign-in\/.+|forgot-password|reset-password|confirm-email|shell-) /;

const actions = exportedActions();

test('every action of the build is known here, and nothing that is none', () => {
  const names = actions.map(({ name }) => name).filter((name) => !OPEN.test(name));
  expect(names.length).toBeGreaterThan(25);
  expect([...names].sort()).toEqual(Object.keys(ACTIONS).sort());
});

describe('every action of a screen', () => {
  for (const [name, row] of Object.entries(ACTIONS)) {
    test(`${name}: refused to whoever may not`, async () => {
      const scene = await makeScene();
      const foreign = await makeScene();
      const before = await everything(scene);
      const here = (token?: string) => caller(scene.tenant, token);

      const nobody = await call(here(), name, scene, scene.agent);
      expect([toSignIn(nobody), isDone(nobody)]).toEqual([true, false]);

      const stranger = await call(here(foreign.bossToken), name, scene, foreign.boss);
      expect([toSignIn(stranger), isDone(stranger)]).toEqual([true, false]);

      if (row.who === 'administrator') {
        const agent = await call(here(scene.agentToken), name, scene, scene.agent);
        expect([agent.status, isDone(agent)]).toEqual([404, false]);
      }

      const other = await call(here(scene.agentToken), name, scene, scene.boss);
      expect([[404, 409], isDone(other)]).toEqual([expect.arrayContaining([other.status]), false]);

      const crossSite = await call(here(scene.bossToken), name, scene, scene.boss, 'https://evil.example');
      expect([crossSite.status, isDone(crossSite)]).toEqual([403, false]);
      expect(await everything(scene)).toEqual(before);
    });

    test(`${name}: called by another tenant’s administrator with this one’s ids, changes nothing here`, async () => {
      const scene = await makeScene();
      const foreign = await makeScene();
      const before = await everything(scene);
      const answer = await call(caller(foreign.tenant, foreign.bossToken), name, scene, foreign.boss);
      expect(answer.status).toBeLessThan(500);
      if (namesSomething(row, scene)) expect([answer.status, isDone(answer)]).toEqual([404, false]);
      expect(await everything(scene)).toEqual(before);
    });
  }
});

test('the right person is let through by each of them', async () => {
  for (const [name, row] of Object.entries(ACTIONS)) {
    const scene = await makeScene();
    const token = row.who === 'administrator' ? scene.bossToken : scene.agentToken;
    const as = row.who === 'administrator' ? scene.boss : scene.agent;
    const answer = await call(caller(scene.tenant, token), name, scene, as);
    expect([name, [200, 303]]).toEqual([name, expect.arrayContaining([answer.status])]);
    expect([name, toSignIn(answer)]).toEqual([name, false]);
  }
}, 120_000);

type Input = (scene: Scene) => Record<string, string>;
type Scene = Awaited<ReturnType<typeof makeScene>>;

function nothing() {
  return {};
}

function screen(page: string, inputs: Record<string, Input>) {
  return rows('administrator', page, inputs);
}

function own(page: string, inputs: Record<string, Input>) {
  return rows('user', page, inputs);
}

function rows(who: Who, page: string, inputs: Record<string, Input>) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [`${page.slice(1)} ${name}`, { who, page, input }]),
  );
}

/** Whether the input names something by its id, which another tenant does not have. */
function namesSomething(row: Row, scene: Scene) {
  const ids: string[] = [scene.victim, scene.second, scene.connection, scene.session];
  return Object.values(row.input(scene)).some((value) => ids.includes(value));
}

type Manifest = Record<'node' | 'edge', Record<string, { filename?: string; exportedName?: string }>>;

/** What the build lets anybody call by its id. */
function exportedActions() {
  const manifest: Manifest = JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8'));
  return Object.entries({ ...manifest.node, ...manifest.edge }).map(([id, { filename = '', exportedName = '' }]) => {
    const folder = filename
      .replace(/^.*?\bapp\//, '')
      .replace(/\/?actions\.ts$/, '')
      .replace(/\.ts$/, '');
    return { id, name: `${folder} ${exportedName}` };
  });
}

/** A tenant with two administrators, an agent, and somebody who has everything that one could take from him. */
async function makeScene() {
  const tenant = await newTenant({ entitlements: ['security-policies', 'single-sign-on'] });
  const person = async (role: 'agent' | 'administrator') => (await newUser(tenant, { role, password: undefined })).id;
  const [boss, second, agent, victim] = [
    await person('administrator'),
    await person('administrator'),
    await person('agent'),
    await person('agent'),
  ];
  const made = await newConnection(tenant);
  await admin()`
    insert into sso_links (tenant_id, connection_id, issuer, subject, user_id)
    values (${tenant.id}, ${made.id}, 'https://idp.example', 'victim', ${victim})`;
  const [bossToken, agentToken] = [await sessionOf(tenant, boss), await sessionOf(tenant, agent)];
  await sessionOf(tenant, victim);
  await sessionOf(tenant, agent);
  const [other] = await admin()`
    select id from sessions where user_id = ${agent} and token_hash <> ${hashToken(agentToken)}`;
  return {
    tenant,
    boss,
    second,
    agent,
    victim,
    connection: made.id,
    session: String(other?.id),
    bossToken,
    agentToken,
  };
}

async function sessionOf(tenant: Tenant, userId: string) {
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    values (${tenant.id}, ${userId}, ${hashToken(token)}, 'totp', '127.0.0.1', 'tests', now() + interval '1 hour')`;
  return token;
}

function caller(tenant: Tenant, token?: string) {
  const browser = visitor({ port: running.app().port, host: hostOf(tenant) });
  if (token) browser.jar.set('__Host-sid', token);
  return browser;
}

/** Calls an action by its id, as the page's own script does. */
async function call(browser: ReturnType<typeof visitor>, name: string, scene: Scene, as: string, origin?: string) {
  const row = ACTIONS[name];
  const id = actions.find((known) => known.name === name)?.id;
  if (!row || !id) throw new Error(`no action ${name} in the build`);
  const page = row.page.replace('/users/[id]', `/users/${scene.victim}`).replace('[id]', scene.connection);
  const boundary = '----GatehouseTests7MA4YWxkTrZu0gW';
  const fields = { ...row.input(scene), as };
  const parts = [
    ...Object.entries(fields).map(([field, value]) => [`_1_${field}`, value]),
    ['0', '[{"status":"idle"},"$K1"]'],
  ].map(([field, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`);
  return browser.ask(page, {
    method: 'POST',
    body: `${parts.join('')}--${boundary}--\r\n`,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'next-action': id,
      accept: 'text/x-component',
      origin: origin ?? browser.origin,
    },
  });
}

function isDone(answer: Answer) {
  return answer.body.includes('"status":"done"');
}

function toSignIn(answer: Answer) {
  return String(answer.headers['x-action-redirect'] ?? answer.location ?? '').includes('/sign-in');
}

/** Every row of this tenant in every table, but what says that somebody was refused or seen. */
async function everything({ tenant }: Scene) {
  const tables = await admin()`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'tenant_id' and table_name not in ('audit_heads', 'throttles') order by 1`;
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const but = name === 'audit_events' ? ` and event <> 'authz_fail'` : '';
      const found = await admin().unsafe(
        `select coalesce(string_agg(t::text, chr(10) order by t::text), '') as text from ${name} t where tenant_id = '${tenant.id}'${but}`,
      );
      return [name, found[0]?.text];
    }),
  );
  const [mails] = await admin()`
    select count(*)::int as count from graphile_worker._private_jobs where payload ->> 'tenantId' = ${tenant.id}`;
  const [row] = await admin()`select t::text as text from tenants t where id = ${tenant.id}`;
  return Object.fromEntries([...texts, ['mails', mails?.count], ['tenants', row?.text]]);
}
