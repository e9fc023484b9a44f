import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { exportTenant } from '@/lib/operators/tenants/export';
import { setSipPassword } from '@/lib/phone/accounts';
import { keepCall, readCall, recentCalls } from '@/lib/phone/calls';
import { findPhoneSettings, removePhoneSettings, savePhoneSettings } from '@/lib/phone/settings';
import { checkPhone, listCountries, readIceServers, readSocket } from '@/lib/phone/settings-form';
import { admin } from '@/tests/support/clock';
import { newPhoneTenant, phoneInput, SIP_SECRET, SOCKET } from '@/tests/support/phone';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('an address of a socket is encrypted, but on this machine alone', () => {
  for (const plain of [true, false]) expect(readSocket(SOCKET, { plain })).toEqual({ ok: true, socket: SOCKET });
  expect(readSocket('ws://127.0.0.1:18080/ws', { plain: true })).toMatchObject({ ok: true });
  expect(readSocket('ws://127.0.0.1:18080/ws', { plain: false })).toMatchObject({ error: 'socket-wss' });
  // As browsers write it: a name in capitals, and the port that goes without saying.
  expect(readSocket('WSS://SIP.Kettle.Example:443', { plain: false })).toEqual({
    ok: true,
    socket: 'wss://sip.kettle.example/',
  });
});

test('what could become a word of a header is no address', () => {
  for (const text of [
    'wss://a;b/',
    'wss://a,b/',
    "wss://'self'/",
    'wss://*/',
    'wss://a b/',
    'wss://[::1]/',
    'wss:sip',
    '//sip',
  ])
    expect([text, readSocket(text, { plain: true }).ok]).toEqual([text, text === 'wss:sip']);
});

test('servers for the sound come one a line, each once', () => {
  expect(readIceServers(' stun:a.example \n\nSTUN:A.example,turn:b.example\r\n')).toEqual([
    'stun:a.example',
    'turn:b.example',
  ]);
  const good = [
    'stun:a.example:3478',
    'stuns:a.example',
    'turn:10.0.0.1?transport=udp',
    'turns:[2001:db8::1]:5349?transport=tcp',
  ];
  for (const server of good) expect(checkPhone(phoneInput({ iceServers: [server] }), false)).toEqual({ ok: true });
});

test('a server for the sound that a browser would refuse, and every call with it, is not kept', () => {
  const bad = [
    'stun:a.example:65536',
    'turn:a.example:99999',
    'turn:a.example:0',
    'turn:a.example:00',
    'stun:a.example?transport=udp',
    'stuns:a.example:5349?transport=tcp',
  ];
  for (const server of bad)
    expect([server, checkPhone(phoneInput({ iceServers: [server] }), false)]).toMatchObject([
      server,
      { error: 'ice-form', entry: server },
    ]);
  for (const server of ['turn:a.example:1', 'turns:a.example:65535?transport=tcp'])
    expect(checkPhone(phoneInput({ iceServers: [server] }), false)).toEqual({ ok: true });
});

test('an account per user needs no secret, a relay does', () => {
  const own = { way: 'per-user', secret: '' } as const;
  expect(checkPhone(phoneInput(own), false)).toEqual({ ok: true });
  const relayed = phoneInput({ ...own, iceServers: ['turn:b.example'] });
  expect(checkPhone(relayed, false)).toMatchObject({ error: 'turn-secret' });
  expect(checkPhone(relayed, true)).toEqual({ ok: true });
  expect(checkPhone(phoneInput({ secret: '' }), false)).toMatchObject({ error: 'sip-secret' });
});

test('countries are named in the reader’s language', () => {
  expect(listCountries('fr')).toContainEqual({ value: 'DE', label: 'Allemagne' });
  expect(listCountries('en')).toContainEqual({ value: 'DE', label: 'Germany' });
});

test('a secret that opens nothing any more is forgotten', async () => {
  const tenant = await newPhoneTenant();
  expect(await findPhoneSettings(tenant)).toMatchObject({ hasSecret: true });
  await savePhoneSettings(tenant, phoneInput({ way: 'per-user', secret: '' }), cause);
  expect(await findPhoneSettings(tenant)).toMatchObject({ way: 'per-user', hasSecret: false });
  expect(await savePhoneSettings(tenant, phoneInput({ secret: '' }), cause)).toMatchObject({ error: 'sip-secret' });
});

test('nothing is saved or removed where there is no right to it, or nothing there', async () => {
  const bare = await newTenant({ entitlements: [] });
  expect(await savePhoneSettings(bare, phoneInput(), cause)).toMatchObject({ error: 'not-entitled' });
  expect(await removePhoneSettings(bare, cause)).toMatchObject({ error: 'not-found' });
  expect(await findPhoneSettings(bare)).toBeUndefined();
});

test('deleting a user deletes their account and calls, and an export has them without secrets', async () => {
  const tenant = await newPhoneTenant({ way: 'per-user', iceServers: ['turn:turn.example'] });
  const milo = await newUser(tenant, { extension: '202' });
  await setSipPassword(tenant, milo.id, 'sip secret 202', cause);
  const call = readCall({
    id: '6f1d2b36-7f0a-4c3e-9d4e-0f6c5b1a2c3d',
    direction: 'out',
    outcome: 'no-answer',
    peer: '+14165550100',
    peerName: null,
    startedAt: new Date(Date.now() - 5000).toISOString(),
    answeredAt: null,
    endedAt: new Date().toISOString(),
  });
  if (!call) throw new Error('no call');
  await keepCall(tenant, milo.id, call);
  let text = '';
  for await (const part of exportTenant(tenant, cause)) text += part;
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.find(({ kind }) => kind === 'phone')).toMatchObject({ domain: 'kettle.example', hasSecret: true });
  expect(lines.filter(({ kind }) => kind === 'call')).toMatchObject([{ userId: milo.id, peer: '+14165550100' }]);
  expect([text.includes(SIP_SECRET), /sealed|ha1/i.test(text)]).toEqual([false, false]);

  await admin()`delete from users where id = ${milo.id}`;
  expect(await recentCalls(tenant, milo.id)).toEqual({ calls: [] });
  expect(await admin()`select from phone_accounts where user_id = ${milo.id}`).toHaveLength(0);
});

test('a call that a fast clock has timed ended now, and lasted as long', () => {
  const now = Date.now();
  const hours = (n: number) => new Date(now + n * 3_600_000).toISOString();
  const call = readCall({
    id: '6f1d2b36-7f0a-4c3e-9d4e-0f6c5b1a2c3d',
    direction: 'in',
    outcome: 'answered',
    peer: '203',
    peerName: null,
    startedAt: hours(3),
    answeredAt: hours(4),
    endedAt: hours(5),
  });
  if (!call) throw new Error('no call');
  expect(Math.abs(call.endedAt.getTime() - Date.now())).toBeLessThan(5000);
  expect(call.endedAt.getTime() - call.startedAt.getTime()).toBe(7_200_000);
  expect(call.answeredAt && call.endedAt.getTime() - call.answeredAt.getTime()).toBe(3_600_000);
});
