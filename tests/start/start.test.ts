import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { spawnApp } from '@/tests/support/app';

const key = `k1:${randomBytes(32).toString('base64')}`;
const wrongPassword = new URL(process.env.DATABASE_URL ?? '');
wrongPassword.password = 'wrong';
const withTls = new URL(process.env.DATABASE_URL ?? '');
withTls.search = 'sslmode=require';
const verified = new URL(process.env.DATABASE_URL ?? '');
verified.search = 'sslmode=verify-full';
const noDatabase = new URL(process.env.DATABASE_URL ?? '');
noDatabase.pathname = '/nothing';

test.each<[string, Record<string, string | undefined>, string, RegExp]>([
  ['without secrets', { GATEHOUSE_SECRETS: undefined }, 'GATEHOUSE_SECRETS', /openssl rand/],
  ['with a short secret', { GATEHOUSE_SECRETS: 'k1:c2hvcnQ=' }, 'GATEHOUSE_SECRETS', /shorter than 32 bytes/],
  [
    'with a secret of another form',
    { GATEHOUSE_SECRETS: 'x'.repeat(64) },
    'GATEHOUSE_SECRETS',
    /<id>:<base64>|shorter/,
  ],
  ['with one key twice', { GATEHOUSE_SECRETS: `${key},${key}` }, 'GATEHOUSE_SECRETS', /twice/],
  ['without its address', { PUBLIC_URL: undefined }, 'PUBLIC_URL', /root address/],
  ['with an address that is not encrypted', { PUBLIC_URL: 'http://example.com' }, 'PUBLIC_URL', /https/],
  ['without mail', { SMTP_URL: undefined }, 'SMTP_URL', /RESEND_API_KEY/],
  ['without a sender', { MAIL_FROM: undefined }, 'MAIL_FROM', /sender/],
  ['with Redis and no token', { UPSTASH_REDIS_REST_URL: 'https://x.example' }, 'UPSTASH_REDIS_REST_TOKEN', /goes with/],
  ['with a port that is none', { PORT: '99999' }, 'PORT', /from 0 to 65535/],
  ['with a role that owns the tables', { DATABASE_URL: process.env.TEST_OWNER_URL }, 'DATABASE_URL', /owns the tables/],
  ['with a superuser', { DATABASE_URL: process.env.TEST_ADMIN_URL }, 'DATABASE_URL', /superuser/],
  [
    'with a database that does not answer',
    { DATABASE_URL: 'postgres://a:b@127.0.0.1:9/x' },
    'DATABASE_URL',
    /does not answer/,
  ],
  [
    'with a wrong database password',
    { DATABASE_URL: wrongPassword.href },
    'DATABASE_URL',
    /the database refused this role or password \(28P01\)/,
  ],
  ['with no such database', { DATABASE_URL: noDatabase.href }, 'DATABASE_URL', /has no such database \(3D000\)/],
  [
    'with TLS that the server lacks',
    { DATABASE_URL: withTls.href },
    'DATABASE_URL',
    /does not offer TLS, which sslmode/,
  ],
  ['with a certificate to check and none', { DATABASE_URL: verified.href }, 'DATABASE_URL', /does not offer TLS/],
  [
    'with TLS that the owner’s server lacks',
    { DATABASE_OWNER_URL: `${process.env.TEST_OWNER_URL}?sslmode=require` },
    'DATABASE_OWNER_URL',
    /does not offer TLS/,
  ],
  [
    'with data in a place that is a file',
    { DATABASE_URL: undefined, PUBLIC_URL: undefined, GATEHOUSE_DATA: '/dev/null/x' },
    'GATEHOUSE_DATA',
    /not a folder/,
  ],
  [
    'with something else than a Postgres',
    { DATABASE_URL: 'mysql://a:b@127.0.0.1/x' },
    'DATABASE_URL',
    /write it as postgres:/,
  ],
])('it does not start %s, and names the setting and the fix', async (_, change, variable, mend) => {
  const app = await spawnApp({
    DATABASE_URL: process.env.DATABASE_URL,
    GATEHOUSE_SECRETS: key,
    PUBLIC_URL: process.env.PUBLIC_URL,
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'Gatehouse <no-reply@gatehouse.test>',
    ...change,
  });
  expect(await app.gone).toBe(1);
  expect(app.output()).toMatch(new RegExp(`^gatehouse: ${variable}: `, 'm'));
  expect(app.output()).toMatch(mend);
  expect(app.output()).not.toMatch(/\n {4}at /);
  for (const secret of [key.slice(3), wrongPassword.password, new URL(process.env.DATABASE_URL ?? '').password]) {
    if (secret !== 'wrong') expect(app.output()).not.toContain(secret);
  }
});

test('it does not start on a port that another program has, and says so', async () => {
  const other = createServer().listen(0);
  const { port } = other.address() as AddressInfo;
  const app = await spawnApp({
    DATABASE_URL: process.env.DATABASE_URL,
    GATEHOUSE_SECRETS: process.env.GATEHOUSE_SECRETS,
    PUBLIC_URL: process.env.PUBLIC_URL,
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'Gatehouse <no-reply@gatehouse.test>',
    PORT: String(port),
  });
  expect(await app.gone).toBe(1);
  expect(app.output()).toMatch(new RegExp(`^gatehouse: PORT: ${port} is in use; stop the other program`, 'm'));
  other.close();
});
