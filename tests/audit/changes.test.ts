import { describe, expect, test } from 'vitest';
import { changesBetween } from '@/lib/audit/changes';
import type { ListedEvent } from '@/lib/audit/list';
import type { Cause } from '@/lib/audit/record';
import { type Say, sentenceOf } from '@/lib/audit/sentences';
import { NO_BRANDING } from '@/lib/branding/brand';
import { saveBranding } from '@/lib/branding/settings';
import { translator } from '@/lib/language/translator';
import { updateTenant } from '@/lib/operators/tenants/settings';
import { findConnection } from '@/lib/sso/connections/connections';
import { markTested, setState } from '@/lib/sso/connections/states';
import { updateConnection } from '@/lib/sso/connections/update';
import { editUser } from '@/lib/users/edit';
import { applyImport } from '@/lib/users/import/apply';
import { guessMapping } from '@/lib/users/import/columns';
import { planImport } from '@/lib/users/import/plan';
import { startImport } from '@/lib/users/import/start';
import { uploadFile } from '@/lib/users/import/upload';
import { updateProfile } from '@/lib/users/profile';
import { disable, setEmergency, setRole } from '@/lib/users/status';
import { findUser } from '@/lib/users/users';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { samlKeys } from '@/tests/support/saml-answers';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { startSamlIdp } from '@/tests/support/saml-idp';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: 'command line', userAgent: 'tests', requestId: 'tests' };

test('a change keeps what differs, old and new', () => {
  const before = { name: 'A', list: ['x'], at: null, same: 1, more: 'kept out' };
  expect(changesBetween(before, { name: 'B', list: ['x', 'y'], at: new Date(0), same: 1 })).toEqual({
    'old.name': 'A',
    'new.name': 'B',
    'old.list': 'x',
    'new.list': 'x, y',
    'old.at': null,
    'new.at': '1970-01-01T00:00:00.000Z',
  });
});

test('a change is shown in plain sentences, in both languages', () => {
  const event: ListedEvent = {
    seq: 1,
    at: new Date(0),
    event: 'user_update',
    actorId: null,
    subjectId: 'a',
    address: 'command line',
    requestId: 'tests',
    detail: {
      what: 'details',
      'old.extension': '201',
      'new.extension': null,
      'old.emergency': false,
      'new.emergency': true,
    },
  };
  const say = (locale: 'en' | 'fr') => translator(locale, 'audit') as unknown as Say;
  const names = new Map([['a', 'Milo Tanaka']]);
  expect(sentenceOf(event, names, say('en'))).toBe(
    'The command line changed Milo Tanaka. Extension changed from “201” to none. Emergency account changed from no to yes.',
  );
  expect(sentenceOf(event, names, say('fr'))).toContain(
    'Poste\u00a0: auparavant «\u00a0201\u00a0», maintenant aucune valeur.',
  );
});

describe('old and new values are recorded', () => {
  test('of a user, by an administrator and by themselves', async () => {
    const tenant = await newTenant();
    const milo = await newUser(tenant, { extension: '202', role: 'administrator' });
    await newUser(tenant, { role: 'administrator' });
    const { version, firstName, lastName, username, email, locale } = (await findUser(tenant, milo.id)) ?? fail();
    const details = { firstName, lastName, username, email, locale, extension: '203' };
    await editUser(tenant, milo.id, version, details, cause);
    await updateProfile(tenant, milo.id, { firstName: 'Miles', lastName, locale: 'fr', timeZone: null }, cause);
    await setEmergency(tenant, milo.id, true, cause);
    await setRole(tenant, milo.id, 'agent', cause);
    await disable(tenant, milo.id, cause);
    const events = (await eventsOf(tenant)).filter(({ event }) => /user_(update|disable)/.test(event));
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { 'old.extension': '202', 'new.extension': '203' },
      { 'old.firstName': 'Robin', 'new.firstName': 'Miles', 'old.locale': null, 'new.locale': 'fr' },
      { 'old.emergency': false, 'new.emergency': true },
      { 'old.role': 'administrator', 'new.role': 'agent', 'old.emergency': true, 'new.emergency': false },
      { 'old.status': 'active', 'new.status': 'disabled' },
    ]);
  });

  test('of an import, a granted role among them, with a count of all lines', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const milo = await newUser(tenant, { username: 'milo', extension: '202', email: null });
    await newUser(tenant, { username: 'noor', extension: '203', email: null });
    const file = [
      'username,first_name,last_name,extension,role',
      'milo,Robin,Achterberg,209,administrator',
      'noor,Robin,Achterberg,203,agent',
      'new,New,Comer,204,agent',
    ].join('\n');
    const by = { ...cause, actorId: dana.id };
    const taken = await uploadFile(tenant, { name: 'staff-2026.csv', bytes: Buffer.from(file) }, by);
    if (!taken.ok) throw new Error(taken.error);
    const mapping = guessMapping(file.split('\n')[0]?.split(',') ?? []);
    await planImport(tenant, taken.id, { mapping, invite: false }, by);
    await startImport(tenant, taken.id, true, by);
    await applyImport(tenant, taken.id);
    const [update] = (await eventsOf(tenant, 'user_update')).filter(({ subject_id }) => subject_id === milo.id);
    expect(update?.detail).toMatchObject({
      role: 'administrator',
      'old.role': 'agent',
      'new.role': 'administrator',
      'old.extension': '202',
      'new.extension': '209',
    });
    expect((await eventsOf(tenant, 'users_import'))[0]?.detail).toMatchObject({
      created: 1,
      changed: 1,
      same: 1,
      refused: 0,
    });
  });

  test('of branding and of what an operator sets', async () => {
    const tenant = await newTenant({ name: 'Before' });
    await saveBranding(tenant, { ...NO_BRANDING, nameEn: 'One', logo: 'keep' }, cause);
    await saveBranding(tenant, { ...NO_BRANDING, nameEn: 'Two', logo: 'keep' }, cause);
    const settings = { name: 'After', locale: 'en', timeZone: tenant.timeZone, userLimit: 50 } as const;
    await updateTenant(tenant.id, settings, cause);
    expect((await eventsOf(tenant, 'branding_update'))[1]?.detail).toMatchObject({
      'old.nameEn': 'One',
      'new.nameEn': 'Two',
    });
    expect((await eventsOf(tenant, 'tenant_update'))[0]?.detail).toMatchObject({
      'old.name': 'Before',
      'new.name': 'After',
      'old.userLimit': null,
      'new.userLimit': 50,
    });
  });

  test('of a connection, without its secret', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const connection = await newConnection(tenant, { label: 'Old ID' });
    await updateConnection(
      tenant,
      connection.id,
      { label: 'New ID', secret: 'canary-secret', createUsers: true },
      cause,
    );
    const [event] = await eventsOf(tenant, 'sso_connection_update');
    expect(event?.detail).toMatchObject({
      changed: 'label createUsers',
      secret: 'changed',
      'old.label': 'Old ID',
      'new.label': 'New ID',
      'new.createUsers': true,
    });
    expect(JSON.stringify(await eventsOf(tenant))).not.toContain('canary-secret');
  });
});

test('a certificate replaced by hand is recorded by fingerprint, mailed to every administrator, and must be tested', async () => {
  const idp = await startSamlIdp();
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const [dana, noor] = [
    await newUser(tenant, { role: 'administrator' }),
    await newUser(tenant, { role: 'administrator' }),
  ];
  const { id, settings } = await newSamlConnection(tenant, idp, { state: 'instead' });
  const { certificate } = await samlKeys();
  const next = { ...settings, certificates: [certificate] };
  await updateConnection(tenant, id, { settings: next }, { ...cause, actorId: dana.id });
  expect(await findConnection(tenant, id)).toMatchObject({ state: 'tested', testedAt: null });
  const [policy] = await admin()`select password_hidden from policies where tenant_id = ${tenant.id}`;
  expect(policy?.password_hidden).toBe(false);
  const [event] = await eventsOf(tenant, 'sso_connection_update');
  expect(event?.detail).toMatchObject({
    'old.certificates': settings.certificates.map(({ fingerprint }) => fingerprint).join(', '),
    'new.certificates': certificate.fingerprint,
  });
  const mails = await admin()`
    select payload ->> 'userId' as id from graphile_worker._private_jobs
    where payload ->> 'tenantId' = ${tenant.id} and payload -> 'mail' ->> 'kind' = 'sso-certificate'`;
  expect(mails.map((mail) => mail.id).sort()).toEqual([dana.id, noor.id].sort());
  expect(await setState(tenant, id, 'beside', cause)).toMatchObject({ error: 'not-tested' });
  await markTested(tenant, id);
  expect(await setState(tenant, id, 'beside', cause)).toEqual({ ok: true });
  await idp.stop();
});

function fail(): never {
  throw new Error('no such user');
}
