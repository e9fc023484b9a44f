import { expect, onTestFinished, test } from 'vitest';
import { findTrouble } from '@/bin/command/examine';
import { env } from '@/lib/env';
import { spawnApp, startApp } from '@/tests/support/app';
import { admin } from '@/tests/support/clock';
import { startProxy } from '@/tests/support/proxy';

test('a start on a Postgres older than 15 is refused, with the version to upgrade to', async () => {
  for (const variable of ['DATABASE_URL', 'DATABASE_OWNER_URL']) {
    const url = await through14(process.env[variable === 'DATABASE_URL' ? variable : 'TEST_OWNER_URL'] ?? '');
    const app = await spawnApp({
      DATABASE_URL: process.env.DATABASE_URL,
      GATEHOUSE_SECRETS: process.env.GATEHOUSE_SECRETS,
      PUBLIC_URL: process.env.PUBLIC_URL,
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'Gatehouse <no-reply@gatehouse.test>',
      [variable]: url,
    });
    expect([variable, await app.gone]).toEqual([variable, 1]);
    expect(app.output()).toMatch(
      new RegExp(`^gatehouse: ${variable}: the server is Postgres 1.*; upgrade it to 15`, 'm'),
    );
  }
});

test('doctor names a Postgres older than 15', async () => {
  const url = env().DATABASE_URL;
  onTestFinished(() => void Object.assign(env(), { DATABASE_URL: url }));
  Object.assign(env(), { DATABASE_URL: await through14(url) });
  const findings = await findTrouble(undefined);
  expect(findings).toContainEqual({
    state: 'trouble',
    what: 'Database',
    fix: expect.stringMatching(/^the server is Postgres .*; upgrade it to 15 or newer$/),
  });
});

test('a start on Node 20 warns once that it is out of support, and on a newer Node not at all', async () => {
  const app = await startApp();
  onTestFinished(app.stop);
  const warnings = app.output().match(/Node 20/g)?.length ?? 0;
  expect(warnings).toBe(process.versions.node.startsWith('20.') ? 1 : 0);
});

/** Returns a connection on which the server calls itself Postgres 14. */
async function through14(url: string) {
  const [row] = await admin()<{ number: string }[]>`select current_setting('server_version_num') as number`;
  const number = row?.number ?? '';
  const older = `14${number.slice(2)}`;
  const proxy = await startProxy(url, (chunk) =>
    Buffer.from(chunk.toString('latin1').replaceAll(number, older), 'latin1'),
  );
  onTestFinished(proxy.stop);
  return proxy.url;
}
