import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type App, spawnApp, startApp } from '@/tests/support/app';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { outputSince } from '@/tests/support/log';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const PUBLIC_URL = 'https://portal.example.com';

describe('with trusted proxies', () => {
  test('a client has its own address, and an untrusted proxy cannot name one', async () => {
    await withApp({ TRUSTED_PROXIES: '127.0.0.0/30, 203.0.113.9' }, async (app) => {
      const tenant = await newTenant();
      const tries: [from: string, forwarded: string, address: string][] = [
        ['127.0.0.1', '192.0.2.66, 198.51.100.7, ::FFFF:CB00:7109', '198.51.100.7'],
        ['127.0.0.1', '0:0:0:0:0:ffff:c633:6408', '198.51.100.8'],
        ['127.0.0.9', '198.51.100.9', '127.0.0.9'],
      ];
      for (const [from, forwarded, address] of tries) {
        const browser = at(app, tenant.slug, from);
        await browser.submit(
          '/sign-in',
          { username: 'nobody', password: 'wrong' },
          { headers: { 'x-forwarded-for': forwarded } },
        );
        expect((await eventsOf(tenant, 'authn_login_fail')).at(-1)).toMatchObject({ address });
      }
    });
  });

  test('the start refuses both settings, and what is no network', async () => {
    for (const [settings, words] of [
      [{ TRUSTED_PROXIES: '10.0.0.0/8', TRUSTED_PROXY_HOPS: '1' }, 'not both'],
      [{ TRUSTED_PROXIES: '10.0.0.0/8', TRUSTED_PROXY_HOPS: '0' }, 'not both'],
      [{ TRUSTED_PROXIES: '10.0.0.0/40' }, '10.0.0.0/40'],
      [{ TRUSTED_PROXIES: 'caddy' }, 'caddy'],
    ] as const) {
      const app = await spawnApp({ ...REQUIRED, ...settings });
      expect(await app.gone).toBe(1);
      expect(app.output()).toMatch(/^gatehouse: TRUSTED_PROXIES: /m);
      expect(app.output()).toContain(words);
    }
  });
});

describe('a proxy that was not counted', () => {
  test.each([
    ['one too few', { TRUSTED_PROXY_HOPS: '1' }, (one: string) => `${one}, 203.0.113.9`],
    ['one too many', { TRUSTED_PROXY_HOPS: '2' }, (one: string) => one],
    ['none', {}, (one: string) => one],
    ['another network', { TRUSTED_PROXIES: '10.0.0.0/8' }, (one: string) => one],
  ])('(%s) is a warning in the log, once, and for the doctor', async (_, settings, forwarded) => {
    await withApp(settings, async (app) => {
      const tenant = await newTenant();
      for (let client = 1; client <= 60; client++) {
        const headers = { 'x-forwarded-for': forwarded(`198.51.100.${client}`) };
        await at(app, tenant.slug).get('/api/session', { headers });
      }
      expect((await outputSince(app, 0)).match(/clients look alike/g)).toHaveLength(1);
      await expect.poll(() => doctor(settings)).toMatch(/✗ Clients: .*\n.*TRUSTED_PROXIES/);
      expect(doctor({ TRUSTED_PROXY_HOPS: '5' })).not.toMatch(/✗ Clients/);
    });
  });

  test('no warning is given where an office has its own proxy, or the settings are right', async () => {
    await withApp({ TRUSTED_PROXY_HOPS: '1' }, async (app) => {
      const tenant = await newTenant();
      for (let client = 1; client <= 60; client++) {
        for (const forwarded of [`10.0.0.${client}, 192.0.2.1`, `198.51.100.${client}`])
          await at(app, tenant.slug).get('/api/session', { headers: { 'x-forwarded-for': forwarded } });
      }
      expect(app.output()).not.toContain('clients look alike');
    });
  });

  test('is not suspected because one client forges the header, where others count for themselves', async () => {
    await withApp({ TRUSTED_PROXY_HOPS: '1' }, async (app) => {
      const tenant = await newTenant();
      const ask = (forwarded: string) =>
        at(app, tenant.slug).get('/api/session', { headers: { 'x-forwarded-for': forwarded } });
      for (const client of ['198.51.100.1', '198.51.100.2', '2001:db8::3']) await ask(client);
      for (let forged = 1; forged <= 60; forged++) await ask(`192.0.2.${forged}, 198.51.100.99`);
      expect(await outputSince(app, 0)).not.toContain('clients look alike');
    });
  });
});

describe('a proxy that names its own port in the Host header', () => {
  test('reaches the tenant, whose links and forms keep the address that browsers use', async () => {
    await withApp({ TRUSTED_PROXY_HOPS: '1' }, async (app) => {
      const tenant = await newTenant();
      const user = await newUser(tenant);
      const origin = `https://${tenant.slug}.portal.example.com`;
      for (const port of ['8443', '80', '3000', '443']) {
        const browser = at(app, tenant.slug);
        const host = { host: `${tenant.slug}.portal.example.com:${port}`, 'x-forwarded-for': '198.51.100.7' };
        const form = await browser.form('/sign-in', ['username']);
        expect((await browser.get('/sign-in', { headers: host })).status).toBe(200);
        const answer = await browser.post(
          '/sign-in',
          form,
          { username: user.username, password: PASSWORD },
          { headers: { ...host, origin } },
        );
        expect([port, answer.location]).toEqual([port, '/home']);
        const profile = await browser.form('/settings/profile', ['firstName']);
        const saved = await browser.post(
          '/settings/profile',
          profile,
          { firstName: `At${port}` },
          { headers: { ...host, origin } },
        );
        expect([port, saved.status, saved.body.includes(`At${port}`)]).toEqual([port, 200, true]);
        const foreign = await browser.post(
          '/settings/profile',
          profile,
          { firstName: 'No' },
          { headers: { ...host, origin: `${origin}:${port}` } },
        );
        expect([port, foreign.status]).toEqual([port, 403]);
      }
    });
  });
});

test('an action that leads on asks nothing of this server itself, and logs no error', async () => {
  await withApp({}, async (app) => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const browser = at(app, tenant.slug);
    await browser.signIn(user.username, PASSWORD);
    const { body } = await browser.get('/home');
    const id = /\$ACTION_ID_([0-9a-f]{42})/.exec(body)?.[1];
    expect(id).toBeDefined();
    const from = app.output().length;
    const answer = await browser.ask('/home', {
      method: 'POST',
      body: '[]',
      headers: {
        origin: browser.origin,
        'next-action': id ?? '',
        accept: 'text/x-component',
        'content-type': 'text/plain;charset=UTF-8',
      },
    });
    expect(answer.headers['x-action-redirect']).toMatch(/^\//);
    const log = await outputSince(app, from);
    expect(log).toContain('"path":"/home"');
    expect(log).not.toMatch(/failed to|⨯|"level":"error"/);
  });
});

const REQUIRED = {
  DATABASE_URL: process.env.DATABASE_URL,
  GATEHOUSE_SECRETS: process.env.GATEHOUSE_SECRETS,
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'Gatehouse <no-reply@gatehouse.test>',
  PUBLIC_URL,
};

async function withApp(settings: Record<string, string>, run: (app: App) => Promise<void>) {
  const app = await startApp({ PUBLIC_URL, ...settings });
  try {
    await run(app);
  } finally {
    await app.stop();
  }
}

function at(app: App, slug: string, from?: string): Visitor {
  return visitor({ port: app.port, host: `${slug}.portal.example.com`, from });
}

function doctor(settings: Record<string, string>) {
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', ...REQUIRED, ...settings } as NodeJS.ProcessEnv;
  return spawnSync(process.execPath, ['.next/gatehouse/gatehouse.mjs', 'doctor'], { env, encoding: 'utf8' }).stdout;
}
