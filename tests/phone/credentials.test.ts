import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { countWithoutAccount, setSipPassword } from '@/lib/phone/accounts';
import { credentialsFor, testCredentials } from '@/lib/phone/credentials';
import { removePhoneSettings, savePhoneSettings } from '@/lib/phone/settings';
import { admin } from '@/tests/support/clock';
import { newPhoneTenant, phoneInput, SIP_SECRET, SOCKET } from '@/tests/support/phone';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

function hmac(user: string) {
  return createHmac('sha1', SIP_SECRET).update(user).digest('base64');
}

test('an ephemeral name says for ten minutes whose extension it is, and its password proves that we said so', async () => {
  const tenant = await newPhoneTenant({ iceServers: ['stun:stun.example:3478', 'turns:turn.example:5349'] });
  const milo = await newUser(tenant, { firstName: 'Milo', lastName: 'Tanaka', extension: '202' });
  const before = Math.floor(Date.now() / 1000);
  const result = await credentialsFor(tenant, milo);
  if (!result.ok) throw new Error(result.error);
  const { expiresAt, user, secret, iceServers, ...rest } = result.credentials;
  expect(rest).toEqual({
    extension: '202',
    name: 'Milo Tanaka',
    domain: 'kettle.example',
    socket: SOCKET,
    country: 'CA',
    otherDomains: false,
    wrapUpSeconds: 30,
  });
  expect(expiresAt - before).toBeGreaterThanOrEqual(600);
  expect(expiresAt - before).toBeLessThan(610);
  expect([user, secret]).toEqual([`${expiresAt}:202`, { password: hmac(user) }]);
  expect(iceServers).toEqual([
    { urls: ['stun:stun.example:3478'] },
    { urls: ['turns:turn.example:5349'], username: user, credential: hmac(user) },
  ]);
});

test('are refused without an extension, settings or the entitlement, when disabled, and to another tenant', async () => {
  const tenant = await newPhoneTenant();
  const other = await newPhoneTenant({ domain: 'other.example' });
  const milo = await newUser(tenant);
  const none = { ok: false, error: 'no-phone' };
  expect(await credentialsFor(tenant, await newUser(tenant, { extension: null }))).toEqual(none);
  expect(await credentialsFor(tenant, await newUser(tenant, { status: 'disabled' }))).toEqual(none);
  expect(await credentialsFor(other, milo)).toEqual(none);
  expect(await credentialsFor({ ...tenant, entitlements: [] }, milo)).toEqual(none);
  expect(await credentialsFor(await newTenant({ entitlements: ['phone'] }), milo)).toEqual(none);
  expect(await credentialsFor(tenant, milo)).toMatchObject({ ok: true });
  await removePhoneSettings(tenant, cause);
  expect(await credentialsFor(tenant, milo)).toEqual(none);
});

test('a personal account is md5(extension:domain:password), sealed, and is removed with the extension or the domain', async () => {
  const tenant = await newPhoneTenant({ way: 'per-user', iceServers: ['turn:turn.example:3478'] });
  const milo = await newUser(tenant, { extension: '202' });
  expect(await credentialsFor(tenant, milo)).toMatchObject({ error: 'no-phone' });
  expect(await setSipPassword(tenant, milo.id, 'sip secret 202', cause)).toEqual({ ok: true });
  const ha1 = createHash('md5').update('202:kettle.example:sip secret 202').digest('hex');
  const result = await credentialsFor(tenant, milo);
  expect(result).toMatchObject({ ok: true, credentials: { user: '202', secret: { ha1 } } });
  // The TURN server knows the shared secret, not the person's account.
  expect(result.ok && result.credentials.iceServers[0]?.username).toMatch(/^\d+:202$/);
  const [row] = await admin()`select sealed_ha1 from phone_accounts where user_id = ${milo.id}`;
  expect(String(row?.sealed_ha1)).not.toContain(ha1);

  await admin()`update users set extension = '299' where id = ${milo.id}`;
  expect(await credentialsFor(tenant, milo)).toMatchObject({ error: 'no-phone' });
  expect(await admin()`select from phone_accounts where user_id = ${milo.id}`).toHaveLength(0);

  await setSipPassword(tenant, milo.id, 'sip secret 299', cause);
  await savePhoneSettings(tenant, phoneInput({ way: 'per-user', secret: '', wrapUpSeconds: 10 }), cause);
  expect(await credentialsFor(tenant, milo)).toMatchObject({ ok: true });
  await savePhoneSettings(tenant, phoneInput({ way: 'per-user', secret: '', domain: 'new.example' }), cause);
  expect(await credentialsFor(tenant, milo)).toMatchObject({ error: 'no-phone' });
});

test('a personal account is not another user’s or tenant’s, and needs an extension', async () => {
  const tenant = await newPhoneTenant({ way: 'per-user', secret: '' });
  const [milo, ines] = [await newUser(tenant), await newUser(tenant)];
  await newUser(tenant, { status: 'disabled' });
  expect(await countWithoutAccount(tenant)).toBe(2);
  await setSipPassword(tenant, milo.id, 'milo’s', cause);
  expect(await countWithoutAccount(tenant)).toBe(1);
  expect(await credentialsFor(tenant, ines)).toMatchObject({ error: 'no-phone' });
  const other = await newPhoneTenant({ way: 'per-user', secret: '' });
  expect(await setSipPassword(other, milo.id, 'not his', cause)).toMatchObject({ error: 'not-found' });
  const without = await newUser(tenant, { extension: null });
  expect(await setSipPassword(tenant, without.id, 'some', cause)).toMatchObject({ error: 'no-extension' });
  expect(await setSipPassword(tenant, milo.id, '', cause)).toMatchObject({ error: 'sip-password', field: 'password' });
  const shared = await newPhoneTenant();
  const his = await newUser(shared);
  expect(await setSipPassword(shared, his.id, 'some', cause)).toMatchObject({ error: 'phone-way' });
});

test('a test registers an unused extension, or the administrator’s own account', async () => {
  const tenant = await newPhoneTenant();
  const dana = await newUser(tenant, { role: 'administrator', extension: null });
  const tried = await testCredentials(tenant, dana);
  if (!tried.ok) throw new Error(tried.error);
  const { user, extension, secret } = tried.credentials;
  expect(extension).toMatch(/^test-[0-9a-f]{8}$/);
  expect(secret).toEqual({ password: hmac(user) });

  await savePhoneSettings(tenant, phoneInput({ way: 'per-user', secret: '' }), cause);
  expect(await testCredentials(tenant, dana)).toMatchObject({ error: 'no-sip-account' });
  const camille = await newUser(tenant, { role: 'administrator', extension: '301' });
  await setSipPassword(tenant, camille.id, 'sip secret 301', cause);
  expect(await testCredentials(tenant, camille)).toMatchObject({ ok: true, credentials: { user: '301' } });
  await removePhoneSettings(tenant, cause);
  expect(await testCredentials(tenant, camille)).toMatchObject({ error: 'no-settings' });
});
