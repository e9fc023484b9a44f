import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROVIDER } from '@/lib/audit/provider';
import { hashToken, randomToken } from '@/lib/crypto';
import { setSipPassword } from '@/lib/phone/accounts';
import { type Answer, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { instances } from '@/tests/support/instances';
import { newPhoneTenant } from '@/tests/support/phone';
import { hostOf, type newTenant, newUser } from '@/tests/support/users';

/**
 * Every action that the build exports is called as everybody who may not call it, past every page
 * and button: with an input that the right person could have sent. Whoever adds an action adds a
 * line to ACTIONS.
 */

const running = instances();
type Tenant = Awaited<ReturnType<typeof newTenant>>;

/** Who may call it: an administrator, whoever is signed in, or the service provider's operator. */
type Who = 'administrator' | 'user' | 'operator';
type Row = { who: Who; page: string; input: Input };

const user = ({ victim }: Scene) => ({ user: victim });
const connection = ({ connection: id }: Scene) => ({ connection: id });
const samlConnection = ({ saml: id }: Scene) => ({ connection: id });
const tenant = ({ tenant: { id } }: Scene) => ({ tenant: id });
const colleague = ({ colleague: operator }: Scene) => ({ operator });
const password = { password: 'not the password' };
const someone = { firstName: 'Else', lastName: 'Body', username: 'else', extension: '', email: '', locale: '' };
const version = 'shown-before';
const company = { version, name: 'Another Name', locale: 'fr', timeZone: 'UTC', userLimit: '' };

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
    resetUserTwoFactor: user,
    resetUserPassword: user,
    unlockUser: user,
    endSessions: user,
    changeStatus: (scene) => ({ ...user(scene), status: 'disabled' }),
    changeRole: (scene) => ({ ...user(scene), role: 'administrator' }),
    changeEmergency: ({ second }) => ({ user: second, emergency: 'yes' }),
    releaseCompanyAccount: (scene) => ({ ...user(scene), ...connection(scene) }),
    sendInvitation: user,
    makeUserSlip: user,
    revokeUserInvitation: user,
    changeSecondFactorRequirement: (scene) => ({ ...user(scene), required: 'yes' }),
    setUserSipPassword: (scene) => ({ ...user(scene), password: 'sip secret' }),
    removeUserSipPassword: user,
    deleteUser: user,
  }),
  ...screen('/admin/users/[id]/edit', { saveUser: (scene) => ({ ...user(scene), ...someone, version: '1' }) }),
  ...screen('/admin/users/new', { addUser: () => ({ ...someone, role: 'administrator' }) }),
  ...screen('/admin/users', {
    previewBulkChange: ({ victim }) => ({ which: 'chosen', action: 'disable', filter: '', [`user-${victim}`]: 'on' }),
  }),
  ...screen('/admin/users/bulk/[id]', {
    startForMany: ({ bulk }) => ({ bulk }),
    printSlips: ({ bulk }) => ({ bulk }),
  }),
  ...screen('/admin/users/import', { uploadUsers: nothing }),
  ...screen('/admin/users/import/[id]', {
    checkImport: (scene) => ({ import: scene.import, username: '0', invite: 'on' }),
    applyUserImport: (scene) => ({ import: scene.import }),
  }),
  ...screen('/admin/branding', { save: () => ({ version, nameEn: 'Another name' }) }),
  ...screen('/admin/phone', {
    savePhone: () => ({
      domain: 'sip.elsewhere.example',
      socket: 'wss://sip.elsewhere.example/ws',
      country: 'CA',
      way: 'ephemeral',
      secret: 'another-shared-secret',
      wrapUpSeconds: '10',
      version,
    }),
    removePhone: nothing,
  }),
  ...screen('/admin/audit', { checkTrail: nothing }),
  ...screen('/admin/security', {
    savePolicy: () => ({
      secondFactor: 'off',
      resetStyle: 'temporary',
      version: '1',
      minLength: '9',
      history: '0',
      lockTries: '5',
      lockMinutes: '15',
      networks: '',
      idleMinutes: '30',
      absoluteMinutes: '600',
      callGraceMinutes: '60',
    }),
  }),
  ...screen('/admin/single-sign-on', { move: (scene) => ({ ...connection(scene), direction: 'down' }) }),
  ...screen('/admin/single-sign-on/rules', { saveSecondFactor: () => ({ version, ssoSecondFactor: 'always' }) }),
  ...screen('/admin/single-sign-on/new/oidc', { connect: () => ({ ...oidc, connection: randomUUID() }) }),
  ...screen('/admin/single-sign-on/new/saml', { connect: () => ({ ...saml, connection: randomUUID() }) }),
  ...screen('/admin/single-sign-on/[id]/edit', {
    saveOidc: (scene) => ({ version, ...oidc, ...connection(scene) }),
    saveSaml: (scene) => ({ version, ...saml, source: 'keep', ...samlConnection(scene) }),
  }),
  ...screen('/admin/single-sign-on/[id]', {
    changeState: (scene) => ({ ...connection(scene), state: 'draft' }),
    switchOver: (scene) => ({ ...connection(scene), enabled: 'no' }),
    remove: connection,
    refetchMetadata: samlConnection,
    prepareKeys: samlConnection,
    startKeys: samlConnection,
    discardKeys: samlConnection,
  }),
  ...own('/settings/profile', {
    saveProfile: () => ({ version, firstName: 'Else', lastName: 'Body', locale: 'fr', timeZone: 'UTC' }),
    changeEmail: () => ({ ...password, email: 'else@elsewhere.example' }),
  }),
  ...own('/settings/sessions', {
    endOne: ({ session }) => ({ session }),
    endOthers: nothing,
    forgetOne: ({ device }) => ({ device }),
    forgetAll: nothing,
  }),
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
  ...inConsole('/operator/tenants/[id]', {
    saveSettings: (scene) => ({ ...tenant(scene), ...company }),
    saveEntitlements: (scene) => ({ ...tenant(scene), version, phone: 'on' }),
    beginDomain: (scene) => ({ ...tenant(scene), version, domain: 'portal.elsewhere.example' }),
    checkDomain: tenant,
    dropDomain: (scene) => ({ ...tenant(scene), version }),
    inviteFirstAgain: (scene) => ({ ...tenant(scene), email: 'else@elsewhere.example' }),
    suspend: tenant,
    resume: tenant,
    orderTenantDeletion: (scene) => ({ ...tenant(scene), ...password, accountId: scene.tenant.accountId }),
    takeDeletionBack: tenant,
  }),
  ...inConsole('/operator/tenants/new', {
    createTenantWithAdministrator: () => ({
      ...company,
      accountId: `t-${randomUUID().slice(0, 8)}`,
      firstName: 'Else',
      lastName: 'Body',
      username: 'else',
      email: 'else@elsewhere.example',
    }),
  }),
  ...inConsole('/operator/operators', {
    addOperator: () => ({ ...password, firstName: 'Else', lastName: 'Body', username: 'else' }),
  }),
  ...inConsole('/operator/operators/[id]', {
    resetSecondFactor: colleague,
    makeTemporaryPassword: colleague,
    unlockColleague: colleague,
    changeOperatorStatus: (scene) => ({ ...colleague(scene), status: 'disabled' }),
  }),
  ...inConsole('/operator/account', {
    changeOwnPassword: () => ({ current: 'not it', password: 'violet marble 92 x', repeat: 'violet marble 92 x' }),
    makeNewCodes: () => password,
    chooseZone: () => ({ version, timeZone: 'UTC' }),
    endOwnSession: ({ operatorSession }) => ({ session: operatorSession }),
  }),
  ...inConsole('/operator/recovery-codes', { keepOperatorCodes: () => ({ return_to: '' }) }),
  ...inConsole('/operator/audit', { checkOwnTrail: nothing }),
};

/**
 * Before anybody has signed in: every visitor may call these, and their own tests say what they
 * make of it.
 */
const OPEN =
  /^(find|sign-in|sign-in\/.+|forgot-password|reset-password|confirm-email|welcome|operator\/sign-in(\/.+)?|shell-) /;

const actions = exportedActions();

test('the list of this test is exactly the actions of the build', () => {
  const names = actions.map(({ name }) => name).filter((name) => !OPEN.test(name));
  expect(names.length).toBeGreaterThan(25);
  expect([...names].sort()).toEqual(Object.keys(ACTIONS).sort());
});

describe('every action of a tenant', () => {
  for (const [name, row] of Object.entries(ACTIONS).filter(([, { who }]) => who !== 'operator')) {
    test(`${name}: is refused without the permission`, async () => {
      const scene = await makeScene();
      const foreign = await makeScene();
      const before = await everything(scene);
      const here = (token?: string) => caller(hostOf(scene.tenant), token);

      // Nobody; an administrator of another company; an operator, who has no way into a company's
      // inside.
      for (const token of [undefined, foreign.bossToken, scene.operatorToken]) {
        for (const as of [scene.boss, foreign.boss, scene.operator]) {
          const answer = await call(here(token), name, scene, as);
          expect([toSignIn(answer), isDone(answer)]).toEqual([true, false]);
        }
      }
      if (row.who === 'administrator') {
        const agent = await call(here(scene.agentToken), name, scene, scene.agent);
        expect([agent.status, isDone(agent)]).toEqual([404, false]);
      }
      const other = await call(here(scene.agentToken), name, scene, scene.boss);
      expect([404, 409]).toContain(other.status);
      expect(isDone(other)).toBe(false);
      const crossSite = await call(here(scene.bossToken), name, scene, scene.boss, 'https://evil.example');
      expect([crossSite.status, isDone(crossSite)]).toEqual([403, false]);
      const atConsole = await call(caller(CONSOLE, scene.operatorToken), name, scene, scene.operator);
      expect([atConsole.status < 500, isDone(atConsole)]).toEqual([true, false]);
      expect(await everything(scene)).toEqual(before);
    });

    test(`${name}: called by another tenant’s administrator with this one’s ids, changes nothing here`, async () => {
      const scene = await makeScene();
      const foreign = await makeScene();
      const before = await everything(scene);
      const answer = await call(caller(hostOf(foreign.tenant), foreign.bossToken), name, scene, foreign.boss);
      expect(answer.status).toBeLessThan(500);
      if (namesSomething(row, scene)) expect([answer.status, isDone(answer)]).toEqual([404, false]);
      expect(await everything(scene)).toEqual(before);
    });
  }
});

describe('every action of the console', () => {
  for (const [name] of Object.entries(ACTIONS).filter(([, { who }]) => who === 'operator')) {
    test(`${name}: is refused to every user of a tenant`, async () => {
      const scene = await makeScene();
      const before = await everything(scene);
      for (const token of [undefined, scene.bossToken, scene.agentToken]) {
        for (const as of [scene.operator, scene.boss]) {
          const answer = await call(caller(CONSOLE, token), name, scene, as);
          expect([toSignIn(answer), isDone(answer)]).toEqual([true, false]);
          const inside = await call(caller(hostOf(scene.tenant), token), name, scene, as);
          expect([inside.status < 500, isDone(inside)]).toEqual([true, false]);
        }
      }
      const other = await call(caller(CONSOLE, scene.operatorToken), name, scene, scene.colleague);
      expect([other.status, isDone(other)]).toEqual([409, false]);
      const crossSite = await call(
        caller(CONSOLE, scene.operatorToken),
        name,
        scene,
        scene.operator,
        'https://evil.example',
      );
      expect([crossSite.status, isDone(crossSite)]).toEqual([403, false]);
      expect(await everything(scene)).toEqual(before);
    });
  }
});

test('each of them accepts an operator who may', { timeout: 180_000 }, async () => {
  for (const [name, { who }] of Object.entries(ACTIONS)) {
    const scene = await makeScene();
    const [host, token, as] = {
      administrator: [hostOf(scene.tenant), scene.bossToken, scene.boss] as const,
      user: [hostOf(scene.tenant), scene.agentToken, scene.agent] as const,
      operator: [CONSOLE, scene.operatorToken, scene.operator] as const,
    }[who];
    const answer = await call(caller(host, token), name, scene, as);
    // 409: the form was shown before others saved.
    const isLetThrough = [200, 303, 409].includes(answer.status) || (WITHOUT.has(name) && answer.status === 404);
    expect([name, isLetThrough, toSignIn(answer)]).toEqual([name, true, false]);
  }
});

/** What the caller must have proved who they are for, within ten minutes. */
const RECENT = new Set([
  ...['changeRole', 'changeEmergency', 'releaseCompanyAccount', 'setUserSipPassword', 'removeUserSipPassword'].map(
    (name) => `admin/users/[id] ${name}`,
  ),
  'admin/users/new addUser',
  'admin/phone savePhone',
  'admin/phone removePhone',
  'admin/single-sign-on move',
  'admin/single-sign-on/rules saveSecondFactor',
  'admin/single-sign-on/new/oidc connect',
  'admin/single-sign-on/new/saml connect',
  'admin/single-sign-on/[id]/edit saveOidc',
  'admin/single-sign-on/[id]/edit saveSaml',
  ...['changeState', 'switchOver', 'remove', 'refetchMetadata', 'prepareKeys', 'startKeys', 'discardKeys'].map(
    (name) => `admin/single-sign-on/[id] ${name}`,
  ),
  'operator/tenants/[id] saveEntitlements',
  'operator/tenants/[id] inviteFirstAgain',
  'operator/tenants/[id] orderTenantDeletion',
  'operator/tenants/new createTenantWithAdministrator',
  'operator/operators addOperator',
  'operator/operators/[id] resetSecondFactor',
  'operator/operators/[id] makeTemporaryPassword',
]);

test('each sensitive action, and no other, asks who it is when that was proved ten minutes ago', {
  timeout: 180_000,
}, async () => {
  for (const [name, { who }] of Object.entries(ACTIONS)) {
    const scene = await makeScene();
    for (const table of ['sessions', 'operator_sessions'])
      await admin().unsafe(`update ${table} set proved_at = now() - interval '601 seconds'`);
    const [host, token, as] = {
      administrator: [hostOf(scene.tenant), scene.bossToken, scene.boss] as const,
      user: [hostOf(scene.tenant), scene.agentToken, scene.agent] as const,
      operator: [CONSOLE, scene.operatorToken, scene.operator] as const,
    }[who];
    const before = await everything(scene);
    const answer = await call(caller(host, token), name, scene, as);
    expect([name, answer.status === 403]).toEqual([name, RECENT.has(name)]);
    if (RECENT.has(name)) expect([name, await everything(scene)]).toEqual([name, before]);
  }
});

/** What there is nothing of in the scene: whoever may do it is told that there is none. */
const WITHOUT = new Set([
  ...['checkDomain', 'dropDomain', 'inviteFirstAgain', 'takeDeletionBack', 'resume'].map(
    (name) => `operator/tenants/[id] ${name}`,
  ),
  'admin/users/bulk/[id] printSlips',
]);

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

function inConsole(page: string, inputs: Record<string, Input>) {
  return rows('operator', page, inputs);
}

function rows(who: Who, page: string, inputs: Record<string, Input>) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [`${page.slice(1)} ${name}`, { who, page, input }]),
  );
}

/** Whether the input names something by its id, which another tenant does not have. */
function namesSomething(row: Row, scene: Scene) {
  const ids: string[] = [
    scene.victim,
    scene.second,
    scene.connection,
    scene.saml,
    scene.session,
    scene.device,
    scene.import,
    scene.bulk,
  ];
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

/**
 * A tenant with two administrators, an agent, and somebody who has everything that one could take
 * from him.
 */
async function makeScene() {
  const tenant = await newPhoneTenant(
    { way: 'per-user', secret: '' },
    { entitlements: ['security-policies', 'single-sign-on'] },
  );
  const person = async (role: 'agent' | 'administrator') => (await newUser(tenant, { role, password: undefined })).id;
  const [boss, second, agent, victim] = [
    await person('administrator'),
    await person('administrator'),
    await person('agent'),
    await person('agent'),
  ];
  const made = await newConnection(tenant);
  await setSipPassword(tenant, victim, 'sip secret', { actorId: boss, address: '', userAgent: '', requestId: '' });
  await admin()`
    insert into sso_links (tenant_id, connection_id, issuer, subject, user_id)
    values (${tenant.id}, ${made.id}, 'https://idp.example', 'victim', ${victim})`;
  await admin()`
    insert into invitations (tenant_id, user_id, way, nonce, key_id, token_hash)
    values (${tenant.id}, ${victim}, 'mail', ${hashToken('a')}, 'k1', ${hashToken('b')})`;
  const [saml] = await admin()`
    insert into sso_connections (tenant_id, protocol, label, position, issuer, settings)
    values (${tenant.id}, 'saml', 'SAML', 2, 'https://nowhere.invalid/saml',
      '{"metadataUrl":"https://nowhere.invalid/metadata","certificates":[],"ourCertificate":{"fingerprint":"aa","notAfter":"2036-01-01T00:00:00Z","pem":""}}') returning id`;
  const [bossToken, agentToken] = [await sessionOf(tenant, boss), await sessionOf(tenant, agent)];
  await sessionOf(tenant, victim);
  await sessionOf(tenant, agent);
  const [other] = await admin()`
    select id from sessions where user_id = ${agent} and token_hash <> ${hashToken(agentToken)}`;
  const [device] = await admin()`
    insert into devices (tenant_id, user_id, token_hash, remembered_until, address, user_agent)
    values (${tenant.id}, ${agent}, ${hashToken(randomToken())}, now() + interval '30 days', '127.0.0.1', 'tests')
    returning id`;
  const operator = await operatorCalled('oona');
  const operatorToken = await consoleSessionOf(operator);
  await consoleSessionOf(operator);
  const [consoleOther] = await admin()`
    select id from operator_sessions where operator_id = ${operator} and token_hash <> ${hashToken(operatorToken)}`;
  return {
    tenant,
    boss,
    second,
    agent,
    victim,
    connection: made.id,
    saml: String(saml?.id),
    session: String(other?.id),
    device: String(device?.id),
    import: await importOf(tenant, boss),
    bulk: await bulkOf(tenant, boss, victim),
    bossToken,
    agentToken,
    operator,
    colleague: await operatorCalled('otto'),
    operatorToken,
    operatorSession: String(consoleOther?.id),
  };
}

async function operatorCalled(name: string) {
  const [made] = await admin()`
    insert into operators (username, first_name, last_name, password_hash)
    values (${`${name}-${randomUUID()}`}, 'Op', 'Erator', 'none') returning id`;
  return String(made?.id);
}

async function consoleSessionOf(operator: string) {
  const token = randomToken();
  await admin()`
    insert into operator_sessions (operator_id, token_hash, address, user_agent, absolute_until)
    values (${operator}, ${hashToken(token)}, '127.0.0.1', 'tests', now() + interval '1 hour')`;
  return token;
}

async function importOf({ id }: Tenant, by: string) {
  const [made] = await admin()`
    insert into imports (tenant_id, by_user, file_name, digest, header, mapping, state, total, counts)
    values (${id}, ${by}, 'people.csv', ${Buffer.alloc(32)}, '["username"]', '{"username":0}', 'planned', 0,
      '{"create":0,"change":0,"same":0,"refused":0}') returning id`;
  return String(made?.id);
}

async function bulkOf({ id }: Tenant, by: string, victim: string) {
  const [made] = await admin()`
    insert into bulk_changes (tenant_id, by_user, action, user_ids, cause)
    values (${id}, ${by}, 'disable', array[${victim}::uuid], '{}') returning id`;
  return String(made?.id);
}

async function sessionOf(tenant: Tenant, userId: string) {
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    values (${tenant.id}, ${userId}, ${hashToken(token)}, 'totp', '127.0.0.1', 'tests', now() + interval '1 hour')`;
  return token;
}

const CONSOLE = 'operator.gatehouse.test';

function caller(host: string, token?: string) {
  const browser = visitor({ port: running.app().port, host });
  if (token) browser.jar.set('__Host-sid', token);
  return browser;
}

/** Calls an action by its id, as the page's own script does. */
async function call(browser: ReturnType<typeof visitor>, name: string, scene: Scene, as: string, origin?: string) {
  const row = ACTIONS[name];
  const id = actions.find((known) => known.name === name)?.id;
  if (!row || !id) throw new Error(`no action ${name} in the build`);
  const page = row.page
    .replace('/users/[id]', `/users/${scene.victim}`)
    .replace('/bulk/[id]', `/bulk/${scene.bulk}`)
    .replace('/import/[id]', `/import/${scene.import}`)
    .replace('/tenants/[id]', `/tenants/${scene.tenant.id}`)
    .replace('/operators/[id]', `/operators/${scene.colleague}`)
    .replace('[id]', scene.connection);
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
        `select count(*) || ' ' || md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as text from ${name} t where tenant_id = '${tenant.id}'${but}`,
      );
      return [name, found[0]?.text];
    }),
  );
  const [mails] = await admin()`
    select count(*)::int as count from graphile_worker._private_jobs where payload ->> 'tenantId' = ${tenant.id}`;
  const [row] = await admin()`
    select (select t::text from tenants t where id = ${tenant.id}) as tenant,
      (select count(*)::int from tenants) as tenants,
      (select md5(string_agg(o::text, ' ' order by id)) from operators o) as operators,
      (select md5(string_agg(c::text, ' ' order by c)) from operator_recovery_codes c) as codes,
      (select md5(string_agg(id || operator_id::text || token_hash::text, ' ' order by id)) from operator_sessions) as sessions,
      (select count(*)::int from audit_events where tenant_id = ${PROVIDER} and event <> 'authz_fail') as told`;
  return { ...Object.fromEntries(texts), mails: mails?.count, provider: row };
}
