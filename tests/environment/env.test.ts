import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const KEY = randomBytes(32).toString('base64');
const counting = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64');
const half = randomBytes(16);

beforeEach(() => {
  vi.resetModules();
  const settings = {
    PORT: '',
    DATABASE_URL: 'postgres://gatehouse_app:x@127.0.0.1/gatehouse',
    DATABASE_OWNER_URL: '',
    GATEHOUSE_SECRETS: `k1:${KEY}`,
    GATEHOUSE_EMBEDDED: '',
    PUBLIC_URL: 'https://example.com',
    SMTP_URL: 'smtp://127.0.0.1:25',
    MAIL_FROM: 'no-reply@example.com',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ['PUBLIC_URL', 'https://192.0.2.1'],
  ['PUBLIC_URL', 'https://0x7f.1'],
  ['PUBLIC_URL', 'https://[2001:db8::1]'],
  ['PUBLIC_URL', 'http://127.0.0.1:3000'],
  ['PUBLIC_URL', 'https://example.com/portal'],
  ['PUBLIC_URL', 'https://example.com/?a=b'],
  ['PUBLIC_URL', 'https://example.com?'],
  ['PUBLIC_URL', 'https://example.com/#top'],
  ['PUBLIC_URL', 'https://user:password@example.com'],
  ['PUBLIC_URL', 'https://user@example.com'],
  ['PUBLIC_URL', 'https://example.com:0'],
  ['PUBLIC_URL', 'https://example.com:65536'],
  ['PUBLIC_URL', 'https://example.com:6000'],
  ['PUBLIC_URL', 'https://*.example.com'],
  ['PUBLIC_URL', 'https://foo_bar.example.com'],
  ['PUBLIC_URL', 'https://-example.com'],
  ['PUBLIC_URL', 'https://example..com'],
  ['PUBLIC_URL', `https://${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.example`],
  ['PUBLIC_URL', 'example.com'],
  ['PUBLIC_URL', 'ftp://example.com'],
  ['PUBLIC_URL', 'http://localhost.example.com'],
  ['PUBLIC_URL', 'http://notlocalhost'],
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', '0x50'],
  ['PORT', '1e3'],
  ['PORT', 'http'],
  ['TRUSTED_PROXY_HOPS', '6'],
  ['TRUSTED_PROXY_HOPS', 'two'],
  ['HASHING_THREADS', '0'],
  ['HASHING_THREADS', '65'],
  ['LOG_LEVEL', 'loud'],
  ['MAIL_FROM', 'Gatehouse'],
  ['MAIL_FROM', 'Gatehouse <>'],
  ['MAIL_FROM', 'Gatehouse <no-reply>'],
  ['MAIL_FROM', 'Gatehouse <no-reply@>'],
  ['MAIL_FROM', 'Gatehouse no-reply@example.com'],
  ['MAIL_FROM', 'a@example.com, b@example.com'],
  ['MAIL_FROM', 'Acme, Inc <a@example.com>'],
  ['MAIL_FROM', 'Gatehouse <no-reply@example.com>\r\nBcc: x@example.com'],
  ['MAIL_FROM', 'Gate\nhouse <no-reply@example.com>'],
  ['MAIL_FROM', '"Gate\r\nBcc: x@example.com" <no-reply@example.com>'],
  ['MAIL_FROM', 'no-reply@example.com> <x@example.com>'],
  ['MAIL_FROM', 'no reply@example.com'],
  ['DNS_SERVERS', 'ns1.example.com'],
  ['DNS_SERVERS', '999.1.1.1'],
  ['DNS_SERVERS', '1.2.3'],
  ['DNS_SERVERS', 'abc'],
  ['DNS_SERVERS', '192.0.2.53:0'],
  ['DNS_SERVERS', '192.0.2.53:65536'],
  ['DNS_SERVERS', '192.0.2.53:'],
  ['DNS_SERVERS', '192.0.2.53,'],
  ['DNS_SERVERS', '[::1'],
  ['DNS_SERVERS', '[192.0.2.53]:53'],
  ['DNS_SERVERS', '::1::2'],
  ['GATEHOUSE_SECRETS', `k1:${Buffer.alloc(32).toString('base64')}`],
  ['GATEHOUSE_SECRETS', `k1:${Buffer.alloc(64, 7).toString('base64')}`],
  ['GATEHOUSE_SECRETS', `k1:${Buffer.alloc(32, 'ab').toString('base64')}`],
  ['GATEHOUSE_SECRETS', `k1:${Buffer.concat([half, half]).toString('base64')}`],
  ['GATEHOUSE_SECRETS', `k1:${counting}`],
  ['GATEHOUSE_SECRETS', `k2:${KEY},k1:${Buffer.alloc(32).toString('base64')}`],
  ['GATEHOUSE_SECRETS', `k1:${KEY.slice(0, -1)}$`],
  ['GATEHOUSE_SECRETS', `k1:${KEY} ${KEY}`],
  ['GATEHOUSE_SECRETS', `k1:<${KEY}>`],
  ['GATEHOUSE_SECRETS', 'k1:'],
  ['GATEHOUSE_SECRETS', KEY],
  ['GATEHOUSE_SECRETS', `k1:${KEY},`],
  ['GATEHOUSE_SECRETS', `k 1:${KEY}`],
  ['GATEHOUSE_SECRETS', `k1:${KEY},k1:${randomBytes(32).toString('base64')}`],
  ['DATABASE_URL', 'postgres://127.0.0.1/gatehouse'],
  ['DATABASE_URL', 'postgres://a:%zz@127.0.0.1/gatehouse'],
  ['DATABASE_URL', 'gatehouse'],
  ['DATABASE_OWNER_URL', 'https://example.com'],
  ['SMTP_URL', 'https://example.com'],
  ['SMTP_URL', 'smtp://'],
  ['SMTP_URL', 'smtp://a:%zz@example.com'],
  ['RESEND_API_KEY', 're_1\nx'],
  ['UPSTASH_REDIS_REST_URL', 'redis://127.0.0.1'],
])('%s=%s is refused in one line that names the variable', async (variable, value) => {
  vi.stubEnv(variable, value);
  const { env } = await import('@/lib/env');
  expect(() => env()).toThrow(expect.objectContaining({ name: 'InvalidEnv', variable }));
  expect(messageOf(env)).toMatch(/^[A-Z_]+: [^\n]+$/);
  expect(messageOf(env)).not.toContain(KEY);
});

test.each([
  ['UPSTASH_REDIS_REST_URL', 'https://redis.example', 'UPSTASH_REDIS_REST_TOKEN'],
  ['UPSTASH_REDIS_REST_TOKEN', 'token', 'UPSTASH_REDIS_REST_URL'],
])('%s alone asks for the other', async (variable, value, missing) => {
  vi.stubEnv(variable, value);
  const { env } = await import('@/lib/env');
  expect(() => env()).toThrow(expect.objectContaining({ variable: missing }));
});

test.each([
  ['PUBLIC_URL', 'https://Example.COM:8443/'],
  ['PUBLIC_URL', 'https://example.com.'],
  ['PUBLIC_URL', 'https://café.example'],
  ['PUBLIC_URL', ' https://example.com '],
  ['MAIL_FROM', 'Gatehouse <no-reply@example.com>'],
  ['MAIL_FROM', '"Acme, Inc." <no-reply@example.com>'],
  ['MAIL_FROM', 'Téléphonie Nordique <no-reply@nordique.example>'],
  ['MAIL_FROM', '<no-reply@example.com>'],
  ['MAIL_FROM', 'no-reply@localhost'],
  ['DNS_SERVERS', '192.0.2.53, 192.0.2.54:5353,2001:db8::53,[2001:db8::53]:5353,[2001:db8::53]'],
  ['GATEHOUSE_SECRETS', `k2:${randomBytes(32).toString('base64url')}, k1:${KEY}`],
  ['PORT', '0'],
])('%s=%s is accepted', async (variable, value) => {
  vi.stubEnv(variable, value);
  const { env } = await import('@/lib/env');
  expect(env().publicUrl.hostname).toMatch(/^(example\.com|xn--caf-dma\.example)$/);
});

test.each([
  undefined,
  'http://localhost:3000',
  'http://LOCALHOST:3000',
  'http://localhost.:3000',
  'https://localhost',
  'http://demo.localhost:3000',
  'http://Demo.LocalHost.:3000',
])('the demonstration is allowed at %s', async (address) => {
  vi.stubEnv('PUBLIC_URL', address);
  vi.stubEnv('DATABASE_URL', '');
  vi.stubEnv('GATEHOUSE_SECRETS', '');
  const { assertEmbeddedAllowed } = await import('@/lib/env');
  expect(() => assertEmbeddedAllowed()).not.toThrow();
});

test.each([
  ['https://example.com', 'DATABASE_URL'],
  ['https://localhost.example.com', 'DATABASE_URL'],
  ['https://localhost.example.com.', 'DATABASE_URL'],
  ['https://notlocalhost', 'DATABASE_URL'],
  ['https://gatehouse.test', 'DATABASE_URL'],
  ['http://127.0.0.1:3000', 'PUBLIC_URL'],
  ['http://example.com', 'PUBLIC_URL'],
])('the demonstration is refused at %s, as a missing %s', async (address, variable) => {
  vi.stubEnv('PUBLIC_URL', address);
  vi.stubEnv('DATABASE_URL', '');
  const { assertEmbeddedAllowed } = await import('@/lib/env');
  expect(() => assertEmbeddedAllowed()).toThrow(expect.objectContaining({ variable }));
});

function messageOf(env: () => unknown) {
  try {
    env();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
