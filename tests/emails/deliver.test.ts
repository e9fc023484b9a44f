import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver } from '@/lib/emails/deliver';
import { hasMailbox, listMailbox, readMailbox } from '@/lib/emails/mailbox';

const settings: Record<string, string | undefined> = {};
vi.mock('@/lib/env', () => ({ env: () => settings }));

const mail = {
  to: 'dana@example.com',
  from: 'Gatehouse <no-reply@example.com>',
  subject: 'Choose a new password',
  html: '<p>Hello</p>',
  text: 'Hello',
  idempotencyKey: 'reset/1',
};
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'mailbox-'));
  for (const name of Object.keys(settings)) delete settings[name];
});
afterEach(() => rm(directory, { recursive: true }));

describe('on the embedded database', () => {
  beforeEach(() => {
    settings.GATEHOUSE_EMBEDDED = directory;
  });

  it('a mail is kept once, however often its key comes', async () => {
    expect(await listMailbox()).toEqual([]);
    await Promise.all(Array.from({ length: 5 }, (_, n) => deliver({ ...mail, text: `Hello ${n}` })));
    await deliver({ ...mail, subject: 'Another', idempotencyKey: 'reset/2' });
    const kept = await listMailbox();
    expect(kept.map((one) => one.subject)).toEqual(['Another', 'Choose a new password']);
    expect(kept[1]?.text).toBe('Hello 4');
    expect(await readdir(path.join(directory, 'mailbox'))).toHaveLength(2);
    expect(await readMailbox(kept[0]?.id ?? '')).toMatchObject({ to: 'dana@example.com', subject: 'Another' });
  });

  it.each(['../secrets', '..%2fsecrets', '', 'x'.repeat(300), '20260301T170500000Z-0123456789abcdef'])(
    'id %j is no mail',
    async (id) => {
      expect(await readMailbox(id)).toBeNull();
    },
  );

  it.each([
    ['two addresses', { to: 'dana@example.com, eve@example.com' }],
    ['two addresses with a semicolon', { to: 'dana@example.com;eve@example.com' }],
    ['a name before the address', { to: 'Dana <dana@example.com>' }],
    ['a quoted local part', { to: '"eve@example.com x"@example.com' }],
    ['a line break in the address', { to: 'dana@example.com\r\nBcc: eve@example.com' }],
    ['no address', { to: '' }],
    ['a line break in the subject', { subject: 'Hello\r\nBcc: eve@example.com' }],
    ['a line break in the sender', { from: 'Gatehouse\n <no-reply@example.com>' }],
    ['a line break in the key', { idempotencyKey: 'a\r\nX: y' }],
  ])('%s is refused', async (_name, change) => {
    await expect(deliver({ ...mail, ...change })).rejects.toMatchObject({ name: 'MailRefused' });
    expect(await listMailbox()).toEqual([]);
  });
});

it('without any way to send, mail is unavailable and there is no mailbox', async () => {
  await expect(deliver(mail)).rejects.toMatchObject({ service: 'mail' });
  expect(hasMailbox()).toBe(false);
  await expect(listMailbox()).rejects.toThrow('this server keeps no mail');
  await expect(readMailbox('20260301T170500000Z-0123456789abcdef')).rejects.toThrow('this server keeps no mail');
});

describe('by SMTP', () => {
  it('one reader gets it, and its Message-ID comes of the key', async () => {
    const server = await smtpServer();
    settings.SMTP_URL = server.url;
    await deliver(mail);
    await deliver(mail);
    server.close();
    expect(server.commands.filter((line) => line.startsWith('RCPT TO'))).toEqual(
      Array(2).fill('RCPT TO:<dana@example.com>'),
    );
    const ids = server.commands.filter((line) => /^Message-ID:/i.test(line));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^Message-ID: <[0-9a-f]{40}@example\.com>$/);
  });

  it.each([
    ['550 no such user', { name: 'MailRefused', code: 'smtp-550' }],
    ['451 try later', { name: 'Unavailable', service: 'mail' }],
  ])('%s', async (answer, failure) => {
    const server = await smtpServer(answer);
    settings.SMTP_URL = server.url;
    await expect(deliver(mail)).rejects.toMatchObject(failure);
    server.close();
  });

  it('a server that says nothing is given up when the caller says so', async () => {
    const silent = net.createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((listening) => silent.once('listening', listening));
    settings.SMTP_URL = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(deliver(mail, AbortSignal.timeout(50))).rejects.toMatchObject({ service: 'mail', code: 'deadline' });
    silent.close();
  });
});

describe('by Resend', () => {
  it.each([
    [200, { id: '1' }, null],
    [409, { name: 'invalid_idempotent_request', statusCode: 409, message: '' }, null],
    [422, { name: 'validation_error', statusCode: 422, message: '' }, { name: 'MailRefused' }],
    [429, { name: 'rate_limit_exceeded', statusCode: 429, message: '' }, { name: 'Unavailable', service: 'mail' }],
    [403, { name: 'validation_error', statusCode: 403, message: '' }, { name: 'Unavailable', service: 'mail' }],
    [500, { name: 'application_error', statusCode: 500, message: '' }, { name: 'Unavailable', service: 'mail' }],
  ])('an answer of %i', async (status, body, failure) => {
    const keys: unknown[] = [];
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    vi.stubEnv('RESEND_BASE_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    settings.RESEND_API_KEY = 're_test';
    if (failure) await expect(deliver(mail)).rejects.toMatchObject(failure);
    else await deliver(mail);
    expect(keys).toEqual(['reset/1']);
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
});

async function smtpServer(answerToReader = '250 ok') {
  const commands: string[] = [];
  const server = net.createServer((socket) => {
    let inBody = false;
    let rest = '';
    socket.on('error', () => undefined);
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        commands.push(line);
        if (inBody && line !== '.') continue;
        inBody = line === 'DATA';
        const answer = line.startsWith('RCPT TO') ? answerToReader : line === 'DATA' ? '354 go on' : '250 ok';
        socket.write(`${answer}\r\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, commands, close: () => server.close() };
}
