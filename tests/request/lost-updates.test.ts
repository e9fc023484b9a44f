import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hashToken, randomToken } from '@/lib/crypto';
import { updateTenant } from '@/lib/operators/tenants/settings';
import { type Fields, type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { type Form, fieldErrorsIn, formsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { newOperator, operatorHost, operatorSession } from '@/tests/support/operators';
import { newPhoneTenant } from '@/tests/support/phone';
import { newUser } from '@/tests/support/users';

/** Two tabs show the same form. What the second saves is never overwritten unseen by the first. */

const running = instances();
type Scene = Awaited<ReturnType<typeof makeScene>>;

type Case = {
  who: 'boss' | 'agent' | 'operator';
  page(scene: Scene): string;
  /** A field that only this form has, as it is shown. */
  field?: string;
  button?: string;
  /** What the second tab saves, and what the first then tries. */
  second: Fields;
  first: Fields;
  /** The value saved now, in the database. */
  saved(scene: Scene): Promise<unknown>;
  /** Does what the second tab does where that needs the provider. */
  save?(scene: Scene): Promise<unknown>;
};

const CASES: Record<string, Case> = {
  'settings/profile saveProfile': {
    who: 'agent',
    page: () => '/settings/profile',
    field: 'firstName',
    second: { firstName: 'Second' },
    first: { firstName: 'First' },
    saved: ({ agent }) => column('users', 'first_name', agent),
  },
  'admin/users/[id]/edit saveUser': {
    who: 'boss',
    page: ({ agent }) => `/admin/users/${agent}/edit`,
    field: 'firstName',
    second: { firstName: 'Second' },
    first: { firstName: 'First' },
    saved: ({ agent }) => column('users', 'first_name', agent),
  },
  'admin/branding save': {
    who: 'boss',
    page: () => '/admin/branding',
    field: 'nameEn',
    second: { nameEn: 'Second' },
    first: { nameEn: 'First' },
    saved: ({ tenant }) => column('branding', 'name_en', tenant.id, 'tenant_id'),
  },
  'admin/phone savePhone': {
    who: 'boss',
    page: () => '/admin/phone',
    field: 'wrapUpSeconds',
    second: { wrapUpSeconds: '11' },
    first: { wrapUpSeconds: '22' },
    saved: ({ tenant }) => column('phone_settings', 'wrap_up_seconds', tenant.id, 'tenant_id'),
  },
  'admin/single-sign-on/rules saveSecondFactor': {
    who: 'boss',
    page: () => '/admin/single-sign-on/rules',
    field: 'ssoSecondFactor',
    second: { ssoSecondFactor: 'always' },
    first: { ssoSecondFactor: 'never' },
    saved: ({ tenant }) => column('policies', 'sso_second_factor', tenant.id, 'tenant_id'),
  },
  'admin/single-sign-on/[id]/edit saveOidc': {
    who: 'boss',
    page: ({ oidc }) => `/admin/single-sign-on/${oidc}/edit`,
    field: 'label',
    second: { label: 'Second' },
    first: { label: 'First' },
    saved: ({ oidc }) => column('sso_connections', 'label', oidc),
    save: ({ oidc }) => admin()`update sso_connections set label = 'Second' where id = ${oidc}`,
  },
  'admin/single-sign-on/[id]/edit saveSaml': {
    who: 'boss',
    page: ({ saml }) => `/admin/single-sign-on/${saml}/edit`,
    field: 'label',
    second: { label: 'Second' },
    first: { label: 'First' },
    saved: ({ saml }) => column('sso_connections', 'label', saml),
  },
  'operator/tenants/[id] saveSettings': {
    who: 'operator',
    page: ({ tenant }) => `/operator/tenants/${tenant.id}`,
    field: 'userLimit',
    second: { name: 'Second' },
    first: { name: 'First' },
    saved: ({ tenant }) => column('tenants', 'name', tenant.id),
  },
  'operator/tenants/[id] saveEntitlements': {
    who: 'operator',
    page: ({ tenant }) => `/operator/tenants/${tenant.id}`,
    field: 'phone',
    second: { phone: undefined },
    first: { 'single-sign-on': undefined },
    saved: async ({ tenant }) => String(await column('tenants', 'entitlements', tenant.id)),
  },
  'operator/tenants/[id] beginDomain': {
    who: 'operator',
    page: ({ tenant }) => `/operator/tenants/${tenant.id}`,
    field: 'domain',
    second: { domain: 'second.example' },
    first: { domain: 'first.example' },
    saved: ({ tenant }) => column('tenants', 'pending_domain', tenant.id),
  },
  'operator/account chooseZone': {
    who: 'operator',
    page: () => '/operator/account',
    field: 'timeZone',
    second: { timeZone: 'Europe/Paris' },
    first: { timeZone: 'Asia/Tokyo' },
    saved: ({ operator }) => column('operators', 'time_zone', operator.id),
  },
};

/**
 * They say themselves what is to be, and overwrite nothing that they did not show; or their own
 * test has them.
 */
const ELSEWHERE: Record<string, RegExp> = {
  'one decision about a user or operator, named in the request':
    /^(admin\/users\/\[id\]|operator\/operators\/\[id\]) |^admin\/single-sign-on(\/\[id\])? (move|changeState|switchOver|remove|refetchMetadata|prepareKeys|startKeys|discardKeys)$/,
  'something new':
    /^(admin\/users\/new|admin\/users|operator\/operators|operator\/tenants\/new|admin\/single-sign-on\/new\/\w+) /,
  'a plan that is judged again before it is applied': /^admin\/users\/(bulk|import)/,
  'a policy, saved after a preview; tested below': /^admin\/security /,
  'behind the password, of the one user': /^settings\/(password|two-factor|sessions) |^settings\/profile changeEmail$/,
  'the operator themself': /^operator\/(account (?!chooseZone)|recovery-codes|audit) ?/,
  'nothing saved by a form': /^(recovery-codes|admin\/audit|admin\/phone removePhone|shell-)/,
  'one decision about a tenant':
    /^operator\/tenants\/\[id\] (checkDomain|dropDomain|inviteFirstAgain|suspend|resume|orderTenantDeletion|takeDeletionBack)$/,
  'before signing in': /^(find|sign-in|forgot-password|reset-password|confirm-email|welcome|operator\/sign-in)[ /]/,
};

test('every action that saves a form is tested here', () => {
  const rest = actionsOfTheBuild().filter((name) => !Object.values(ELSEWHERE).some((one) => one.test(name)));
  expect(rest.sort()).toEqual(Object.keys(CASES).sort());
});

describe('a form that another tab has saved since it was shown', () => {
  for (const [name, one] of Object.entries(CASES)) {
    test(`${name}: is refused with both values, and saves what was typed when sent again`, async () => {
      const scene = await makeScene();
      const browser = scene.browsers[one.who];
      const page = one.page(scene);
      const form = await browser.form(page, ['version', ...(one.field ? [one.field] : [])]);
      if (one.save) await one.save(scene);
      else expect((await browser.post(page, form, one.second)).status).toBeLessThan(400);
      const saved = await one.saved(scene);
      const refused = await browser.post(page, form, one.first);
      expect([refused.status, await one.saved(scene)]).toEqual([409, saved]);
      expect(refused.message).toContain('Someone else saved changes after you opened this form.');
      if (!name.endsWith('saveEntitlements'))
        expect(Object.values(fieldErrorsIn(refused.body)).join(' ') + refused.text).toContain('Now saved');
      if (one.save) return;
      const shown = formWith(refused.body, one.field ?? 'version');
      expect((await browser.post(page, shown, one.first)).status).toBeLessThan(400);
      expect(await one.saved(scene)).not.toEqual(saved);
    });
  }

  test('security policies: are refused with both values after the preview, and saved when sent again', async () => {
    const { tenant, browsers } = await makeScene();
    const page = '/admin/security';
    const networks = '127.0.0.0/8\r\n::1/128';
    const save = async (shown: Form) => {
      const preview = await browsers.boss.post(page, shown, { intent: 'preview', lockTries: '4', networks });
      return browsers.boss.post(page, formWith(preview.body, 'confirmed'), { intent: 'save', networks });
    };
    const form = await browsers.boss.form(page, ['version', 'lockTries']);
    const [{ version } = { version: 0 }] = await admin()`
      update policies set version = version + 1, lock_tries = 6, idle_minutes = 120, reset_style = 'temporary',
        networks = '{127.0.0.0/8,::1/128}' where tenant_id = ${tenant.id} returning version`;
    const refused = await save(form);
    expect([refused.status, await column('policies', 'lock_tries', tenant.id, 'tenant_id')]).toEqual([409, 6]);
    expect(fieldErrorsIn(refused.body)).toEqual({
      lockTries: expect.stringContaining('Now saved: 6'),
      idleMinutes: expect.stringContaining('Now saved: 2 hours'),
      resetStyle: expect.any(String),
    });
    expect(refused.text).toContain('Now saved: Temporary password');
    const again = formWith(refused.body, 'lockTries');
    expect(Object.fromEntries(again.fields)).toMatchObject({ lockTries: '4', version: String(version) });
    expect((await save(again)).message).toBe('The policies are saved.');
    expect(await column('policies', 'lock_tries', tenant.id, 'tenant_id')).toBe(4);
  });

  test('is refused as well where both are sent at the same moment', async () => {
    for (const name of ['settings/profile saveProfile', 'admin/branding save', 'operator/tenants/[id] saveSettings']) {
      const one = CASES[name] as Case;
      const scene = await makeScene();
      const browser = scene.browsers[one.who];
      const page = one.page(scene);
      const form = await browser.form(page, ['version', one.field ?? '']);
      const both = await Promise.all([browser.post(page, form, one.first), browser.post(page, form, one.second)]);
      expect([name, both.filter(({ status }) => status === 409).length]).toEqual([name, 1]);
    }
  });

  test('a domain is removed only while it is the one that was shown', async () => {
    const { tenant, browsers } = await makeScene();
    const page = `/operator/tenants/${tenant.id}`;
    await browsers.operator.submit(page, { domain: 'shown.example' });
    const remove = await browsers.operator.form(page, ['version'], 'Remove');
    await browsers.operator.submit(page, { domain: 'newer.example' });
    expect((await browsers.operator.post(page, remove, {})).status).toBe(409);
    expect(await column('tenants', 'pending_domain', tenant.id)).toBe('newer.example');
  });

  test('a change by the command line counts as newer, and needs no version', async () => {
    const { tenant, browsers } = await makeScene();
    const page = `/operator/tenants/${tenant.id}`;
    const form = await browsers.operator.form(page, ['version', 'userLimit']);
    const input = { name: 'By command', locale: 'en', timeZone: 'UTC', userLimit: null } as const;
    const cause = { actorId: null, address: '', userAgent: '', requestId: '' };
    expect(await updateTenant(tenant.id, input, cause)).toEqual({ ok: true });
    expect((await browsers.operator.post(page, form, { name: 'Mine' })).status).toBe(409);
    expect(await column('tenants', 'name', tenant.id)).toBe('By command');
  });
});

function formWith(html: string, field: string) {
  const form = formsIn(html).find(({ fields }) => fields.some(([name]) => name === field));
  if (!form) throw new Error(`no form with ${field}`);
  return form;
}

async function makeScene() {
  const tenant = await newPhoneTenant({}, { entitlements: ['single-sign-on', 'security-policies'] });
  const boss = (await newUser(tenant, { role: 'administrator' })).id;
  const agent = (await newUser(tenant)).id;
  const oidc = (await newConnection(tenant)).id;
  const [saml] = await admin()`
    insert into sso_connections (tenant_id, protocol, label, position, issuer, settings)
    values (${tenant.id}, 'saml', 'SAML', 2, 'https://nowhere.invalid/saml',
      '{"metadataUrl":"https://nowhere.invalid/metadata","certificates":[],"ourCertificate":{"fingerprint":"aa","notAfter":"2036-01-01T00:00:00Z","pem":""},"emailAttribute":null,"responseSigned":false,
        "idpInitiated":false,"logout":true}') returning id`;
  const operator = await newOperator();
  const browsers = {
    boss: await browserOf(tenant.host, await sessionOf(tenant.id, boss)),
    agent: await browserOf(tenant.host, await sessionOf(tenant.id, agent)),
    operator: await browserOf(operatorHost(), await operatorSession(operator)),
  } satisfies Record<string, Visitor>;
  return { tenant, agent, oidc, saml: String(saml?.id), operator, browsers };
}

async function browserOf(host: string, token: string) {
  const browser = visitor({ port: running.app().port, host });
  browser.jar.set('__Host-sid', token);
  return browser;
}

async function sessionOf(tenantId: string, userId: string) {
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, address, user_agent, absolute_until)
    values (${tenantId}, ${userId}, ${hashToken(token)}, '127.0.0.1', 'tests', now() + interval '1 hour')`;
  return token;
}

async function column(table: string, name: string, id: string, key = 'id') {
  const [row] = await admin().unsafe(`select ${name} as value from ${table} where ${key} = '${id}'`);
  return row?.value;
}

type Manifest = Record<'node' | 'edge', Record<string, { filename?: string; exportedName?: string }>>;

function actionsOfTheBuild() {
  const manifest: Manifest = JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8'));
  return Object.values({ ...manifest.node, ...manifest.edge }).map(({ filename = '', exportedName = '' }) => {
    const folder = filename
      .replace(/^.*?\bapp\//, '')
      .replace(/\/?actions\.ts$/, '')
      .replace(/\.ts$/, '');
    return `${folder} ${exportedName}`;
  });
}
