import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventsOf } from '@/tests/support/audit';
import { asSent, type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import type { formsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { outputSince } from '@/tests/support/log';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';
import { exchange, head } from '@/tests/support/wire';

const running = instances();

const MB = 1024 * 1024;
const UPLOADS = [
  ['/admin/users/import', 10 * MB],
  ['/admin/branding', 1_000_000],
  ['/admin/single-sign-on/new/saml', 400_000],
  ['/admin/single-sign-on/new/oidc', 400_000],
  ['/admin/single-sign-on/00000000-0000-4000-8000-000000000000/edit', 400_000],
] as const;

describe('a large body', () => {
  test('of a visitor, an agent or another tenant’s administrator is answered by the page, and not waited for', async () => {
    const { tenant, agent, boss } = await company();
    const other = await company();
    const abroad = at(tenant);
    for (const [name, value] of other.boss.jar) abroad.jar.set(name, value);
    const stranger = at(tenant);
    for (const [path, length] of UPLOADS) {
      expect([path, await startUpload(stranger, path, length)]).toEqual([
        path,
        expect.stringMatching(/^303 .*sign-in/),
      ]);
      expect([path, await startUpload(abroad, path, length)]).toEqual([path, expect.stringMatching(/^303 .*sign-in/)]);
      expect([path, await startUpload(agent, path, length)]).toEqual([path, expect.stringMatching(/^404/)]);
    }
    expect(await startUpload(stranger, '/admin/users/import', 10 * MB, { 'next-action': 'a'.repeat(42) })).toMatch(
      /^200 .*x-action-redirect: \/admin\/users\/import;replace/i,
    );
    expect((await eventsOf(tenant, 'authz_fail')).length).toBeGreaterThan(0);
    expect((await boss.get('/admin/users/import')).status).toBe(200);
  });

  test('for a feature that was withdrawn is answered by its page', async () => {
    const { tenant, boss } = await company();
    await admin()`update tenants set entitlements = '{}' where id = ${tenant.id}`;
    const page = await boss.get('/admin/single-sign-on/expiry');
    expect(page.status).toBe(200);
    const language = await boss.form('/admin/single-sign-on/expiry', ['locale']);
    await boss.post('/admin/single-sign-on/expiry', language, { locale: 'fr' });
    expect((await boss.get('/home')).body).toContain('lang="fr"');
    expect(await startUpload(boss, '/admin/single-sign-on/new/saml', 400_000)).toMatch(/^(200|303|404)/);
    await admin()`update tenants set status = 'suspended' where id = ${tenant.id}`;
    expect(await startUpload(boss, '/admin/users/import', 10 * MB)).toMatch(/^403/);
  });

  test('at any other address is refused by its length', async () => {
    const { boss } = await company();
    for (const path of [
      '/admin/users',
      '/home',
      '/api/phone/calls',
      '/sign-in',
      '/operator',
      '/nothing',
      '/admin/users/import/x',
    ])
      expect([path, await startUpload(boss, path, 10 * MB)]).toEqual([path, expect.stringMatching(/^413/)]);
  });

  test('of many strangers costs no memory, and each of them sees the answer', async () => {
    const { tenant } = await company();
    const before = rss();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => sendAll(at(tenant), '/admin/users/import', 10 * MB)),
    );
    expect(new Set(answers)).toEqual(new Set([303]));
    expect(rss() - before).toBeLessThan(120 * MB);
  }, 60_000);
});

describe('a body without a length', () => {
  test('is counted while it is read, and refused at its route’s limit', async () => {
    const { tenant, boss, agent } = await company();
    const cases: [Visitor, string, number][] = [
      [at(tenant), '/sign-in', 65 * 1024],
      [agent, '/api/phone/calls', 65 * 1024],
      [boss, '/settings/profile', 65 * 1024],
      [boss, '/admin/branding', 21 * 64 * 1024],
      [boss, '/admin/users/import', 10 * MB + 65 * 1024],
    ];
    for (const [who, path, size] of cases) {
      const answer = await exchange(running.app().port, [chunkedHead(who, path), ...chunks('a'.repeat(size))]);
      expect([path, answer.closed, answer.text.slice(0, 13)]).toEqual([path, true, 'HTTP/1.1 413 ']);
    }
    const endless = exchange(running.app().port, [
      chunkedHead(agent, '/home'),
      ...chunks('a'.repeat(70_000)).slice(0, -1),
    ]);
    expect((await endless).text).toMatch(/^HTTP\/1\.1 413 /);
    const refused = await exchange(running.app().port, [
      chunkedHead(at(tenant), '/admin/users/import'),
      ...chunks('a'.repeat(70_000)).slice(0, -1),
    ]);
    expect(refused).toEqual({ text: expect.stringMatching(/^HTTP\/1\.1 303 /), closed: true });
  }, 60_000);

  test('works like any other: empty, for the sign-in form, for an action, for a file', async () => {
    const { tenant, boss, user } = await company();
    const empty = await exchange(running.app().port, [chunkedHead(boss, '/api/session'), '0\r\n\r\n'], {
      until: /"live"/,
    });
    expect(empty.text).toMatch(/^HTTP\/1\.1 200 .*"live":true/s);

    const guest = at(tenant);
    const signIn = await chunked(guest, '/sign-in', await guest.form('/sign-in', ['username']), {
      username: user.username,
      password: PASSWORD,
    });
    expect(signIn).toMatch(/^HTTP\/1\.1 303 .*location: \/home/is);

    const profile = await boss.form('/settings/profile', ['firstName']);
    await chunked(boss, '/settings/profile', profile, { firstName: 'Chunk' });
    expect((await boss.get('/settings/profile')).body).toContain('Chunk');

    const file = { file: Buffer.from('username,first_name,last_name\nnew.user,New,User\n'), name: 'users.csv' };
    const upload = await chunked(boss, '/admin/users/import', await boss.form('/admin/users/import', [], 'Continue'), {
      file,
    });
    expect(upload).toMatch(/^HTTP\/1\.1 303 .*location: \/admin\/users\/import\/[0-9a-f-]{36}/is);
  });

  test('in another encoding, or with a length too, is refused', async () => {
    const { tenant } = await company();
    for (const lines of [
      ['Transfer-Encoding: gzip, chunked'],
      ['Transfer-Encoding: chunked, identity'],
      ['Transfer-Encoding: identity'],
      ['Transfer-Encoding: chunked', 'Content-Length: 5'],
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ]) {
      const request = head('POST /api/session HTTP/1.1', `Host: ${tenant.host}`, ...lines);
      const { text, closed } = await exchange(running.app().port, [request, '0\r\n\r\n']);
      expect([lines, text.slice(0, 13), closed]).toEqual([lines, 'HTTP/1.1 400 ', true]);
    }
  });
});

test('a client that disconnects in the middle of its body causes no alert', async () => {
  const { boss } = await company();
  const from = running.app().output().length;
  for (const path of ['/sign-in', '/settings/profile', '/admin/users/import', '/api/session', '/sso/saml/x/acs']) {
    const socket = connect(running.app().port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(uploadHead(boss, path, 1000, { expect: '100-continue' }));
    await once(socket, 'data');
    socket.write('--x\r\n');
    socket.destroy();
  }
  expect((await boss.get('/home')).status).toBe(200);
  expect(await outputSince(running.app(), from)).not.toMatch(/"alert"|"level":"error"/);
});

async function company() {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  const [manager, user] = [await newUser(tenant, { role: 'administrator' }), await newUser(tenant)];
  const [boss, agent] = [at(tenant), at(tenant)];
  await boss.signIn(manager.username, PASSWORD);
  await agent.signIn(user.username, PASSWORD);
  return { tenant, boss, agent, user };
}

function at({ host }: { host: string }) {
  return visitor({ port: running.app().port, host });
}

function headers({ jar, origin }: Visitor, path: string) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(origin).host}`,
    `Origin: ${origin}`,
    'Accept: text/html',
    `Cookie: ${cookie}`,
  ];
}

function uploadHead(who: Visitor, path: string, length: number, more: Record<string, string> = {}) {
  const lines = Object.entries(more).map(([name, value]) => `${name}: ${value}`);
  return head(
    ...headers(who, path),
    'Content-Type: multipart/form-data; boundary=x',
    `Content-Length: ${length}`,
    ...lines,
  );
}

/** Returns status and headers of the answer to a body of which only the beginning is ever sent. */
async function startUpload(who: Visitor, path: string, length: number, more: Record<string, string> = {}) {
  const { text, closed } = await exchange(running.app().port, [
    uploadHead(who, path, length, more),
    '--x\r\nContent-Dis',
  ]);
  expect(closed).toBe(true);
  return text
    .split('\r\n\r\n', 1)[0]
    ?.replace(/^HTTP\/1\.1 /, '')
    .replaceAll('\r\n', ' ');
}

/** Returns the status of the answer to a client that sends its whole body before it looks. */
async function sendAll(who: Visitor, path: string, length: number) {
  const pieces = Array.from({ length: length / MB }, () => Buffer.alloc(MB, 'a'));
  const { text } = await exchange(running.app().port, [uploadHead(who, path, length), ...pieces]);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

function chunkedHead(who: Visitor, path: string, type = 'application/x-www-form-urlencoded') {
  return head(...headers(who, path), `Content-Type: ${type}`, 'Transfer-Encoding: chunked');
}

function chunks(body: Buffer | string, size = 50_000) {
  const bytes = Buffer.from(body);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
  }
  return [...pieces, Buffer.from('0\r\n\r\n')];
}

async function chunked(
  who: Visitor,
  path: string,
  form: ReturnType<typeof formsIn>[number],
  fields: Parameters<typeof asSent>[1],
) {
  const { body, type } = asSent(form, fields);
  const { text } = await exchange(running.app().port, [chunkedHead(who, path, type), ...chunks(body, 37)], {
    until: /\r\n\r\n/,
  });
  return text;
}

function rss() {
  const status = readFileSync(`/proc/${running.app().pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
