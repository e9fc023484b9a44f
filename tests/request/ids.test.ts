import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyAudit } from '@/lib/audit/verify';
import { id, readId } from '@/lib/ids';
import { disableOperator, resetOperatorPassword } from '@/lib/operators/operators';
import { setSipPassword } from '@/lib/phone/accounts';
import { credentialsFor } from '@/lib/phone/credentials';
import { findPolicy } from '@/lib/policies/find';
import { findConnection, readSecret } from '@/lib/sso/connections/connections';
import { updateConnection } from '@/lib/sso/connections/update';
import { findBulk, previewBulk } from '@/lib/users/bulk';
import { resetPassword, resetTwoFactor } from '@/lib/users/help';
import { removeUser } from '@/lib/users/status';
import { findUser } from '@/lib/users/users';
import { eventsOf } from '@/tests/support/audit';
import { visitor } from '@/tests/support/browser';
import { newConnection } from '@/tests/support/connections';
import { instances } from '@/tests/support/instances';
import { newPhoneTenant } from '@/tests/support/phone';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();
const from = { address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test.each([
  '{0a0b0c0d-0000-4000-8000-00000000000f}',
  '0a0b0c0d00004000800000000000000f',
  'urn:uuid:0a0b0c0d-0000-4000-8000-00000000000f',
  ' 0a0b0c0d-0000-4000-8000-00000000000f',
  '0a0b0c0d-0000-4000-8000-00000000000f\n',
  '0a0b-0c0d-0000-4000-8000-0000-0000-000f',
])('a spelling that only the database knows is no id: %j', (text) => {
  expect(readId(text)).toBeUndefined();
});

test('an id in capitals is read as the database writes it', () => {
  expect(id.parse('0A0B0C0D-0000-4000-8000-00000000000F')).toBe('0a0b0c0d-0000-4000-8000-00000000000f');
});

describe('in capitals', () => {
  test('an id in capitals is recognized as the user’s own', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    await newUser(tenant, { role: 'administrator' });
    const cause = { ...from, actorId: dana.id };
    const own = dana.id.toUpperCase();
    expect(await resetTwoFactor(tenant, own, cause)).toMatchObject({ error: 'yourself' });
    expect(await resetPassword(tenant, await findPolicy(tenant), own, cause)).toMatchObject({ error: 'yourself' });
    expect(await removeUser(tenant, own, cause)).toMatchObject({ error: 'remove-yourself' });
    expect(await disableOperator(own, cause)).toMatchObject({ error: 'yourself' });
    expect(await resetOperatorPassword(own, cause)).toMatchObject({ error: 'yourself' });
  });

  test('users selected for a bulk change are found', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const cause = { ...from, actorId: dana.id };
    const asked = await previewBulk(tenant, 'end-sessions', { ids: [dana.id.toUpperCase()] }, cause);
    expect(asked).toMatchObject({ ok: true });
    expect(asked.ok && (await findBulk(tenant, asked.id.toUpperCase()))?.userIds).toEqual([dana.id]);
  });

  test('a SIP account set under it opens', async () => {
    const tenant = await newPhoneTenant({ way: 'per-user' });
    const milo = await newUser(tenant, { extension: '202' });
    const cause = { ...from, actorId: null };
    expect(await setSipPassword(tenant, milo.id.toUpperCase(), 'sip secret 202', cause)).toEqual({ ok: true });
    const ha1 = createHash('md5').update('202:kettle.example:sip secret 202').digest('hex');
    expect(await credentialsFor(tenant, milo)).toMatchObject({ credentials: { secret: { ha1 } } });
  });

  test('a provider’s secret saved or changed under it opens', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const cause = { ...from, actorId: null };
    const made = '0A0B0C0D-0000-4000-8000-00000000000F';
    const connection = await newConnection(tenant, { id: made, secret: 'first' });
    expect(connection.id).toBe(made.toLowerCase());
    expect(await readSecret(tenant, connection.id)).toBe('first');
    expect(await updateConnection(tenant, made, { secret: 'second' }, cause)).toEqual({ ok: true });
    expect(await readSecret(tenant, made)).toBe('second');
    expect((await findConnection(tenant, made))?.id).toBe(connection.id);
    expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
  });

  test('an administrator’s form accepts an id in capitals, and the audit chain still holds', async () => {
    const tenant = await newTenant();
    const dana = await newUser(tenant, { role: 'administrator' });
    const milo = await newUser(tenant);
    const browser = visitor({ port: running.app().port, host: tenant.host });
    await browser.signIn(dana.username, PASSWORD);
    const path = `/admin/users/${milo.id.toUpperCase()}`;
    expect((await browser.get(path)).status).toBe(200);
    const ended = await browser.submit(path, { user: milo.id.toUpperCase() }, { button: /End/ });
    expect(ended.status).toBe(200);
    const own = `/admin/users/${dana.id}`;
    const form = await browser.form(path, ['user'], /Reset password/);
    const refused = await browser.post(own, form, { user: dana.id.toUpperCase() });
    expect(refused.status).toBeLessThan(500);
    expect(await eventsOf(tenant, 'authn_password_reset_request')).toEqual([]);
    expect(await eventsOf(tenant, 'session_end')).toMatchObject([{ actor_id: dana.id, subject_id: milo.id }]);
    expect((await findUser(tenant, milo.id.toUpperCase()))?.id).toBe(milo.id);
    await browser.submit('/admin/audit', {}, { button: /Check/ });
    expect((await browser.get('/admin/audit')).text).toMatch(/events hold\./);
    expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
  });
});
