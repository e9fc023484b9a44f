import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { spawnApp, startApp } from '@/tests/support/app';
import { visitor } from '@/tests/support/browser';
import { asOwner, emptyDatabase, OLD, oldDatabase } from '@/tests/support/old-database';
import { codeOf } from '@/tests/support/totp';

/** The built product on databases of version 0.1.0. */

const settings = {
  GATEHOUSE_SECRETS: OLD.secrets,
  PUBLIC_URL: process.env.PUBLIC_URL,
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'no-reply@gatehouse.test',
};
const host = `${OLD.tenant}.gatehouse.test`;

test('a start adopts a database of version 0.1.0: users, second factors and the audit chain go on', async () => {
  const { ownerUrl, appUrl } = await oldDatabase();
  const app = await startApp({ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, GATEHOUSE_SECRETS: OLD.secrets });
  try {
    const dana = visitor({ port: app.port, host });
    expect((await dana.signIn(OLD.dana.username, OLD.dana.password)).location).not.toMatch(/sign-in/);
    expect((await dana.ask('/')).text).toContain(OLD.dana.lastAddress);
    const milo = visitor({ port: app.port, host });
    expect((await milo.signIn(OLD.milo.username, OLD.milo.password)).location).toBe('/sign-in/code');
    const answer = await milo.submit('/sign-in/code', { code: codeOf(OLD.milo.secret) });
    expect([answer.status, answer.location]).toEqual([303, expect.not.stringMatching(/sign-in/)]);
    expect((await visitor({ port: app.port, host }).signIn(OLD.milo.username, 'wrong')).status).toBe(200);
  } finally {
    await app.stop();
  }
  expect(await gatehouse(appUrl, 'verify-audit')).toMatch(/^wickedsprockets: \d+ events hold/m);
  expect(await gatehouse(appUrl, 'doctor')).toMatch(/✓ Database: at this version/);
});

test('a start refuses a database that cannot be upgraded with one line and exit code 1', async () => {
  const databases = [
    [await oldDatabase('delete from drizzle.__drizzle_migrations where id = 3'), /install version 0\.1\.0/],
    [await oldDatabase('alter table users add column note text'), /unexpected: column users\.note text/],
    [await emptyDatabaseOf('create table notes (id int)'), /tables of another application/],
  ] as const;
  for (const [{ ownerUrl, appUrl }, reason] of databases) {
    const app = await spawnApp({ ...settings, DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl });
    expect(await app.gone).toBe(1);
    expect(app.output()).toMatch(/^gatehouse: DATABASE_OWNER_URL: .+\n$/);
    expect(app.output()).toMatch(reason);
  }
});

/** Returns what the command line prints on a database. */
async function gatehouse(appUrl: string, ...words: string[]) {
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/gatehouse.mjs', ...words], {
    env: { ...settings, PATH: process.env.PATH, DATABASE_URL: appUrl } as unknown as NodeJS.ProcessEnv,
  }).catch((failed: { stdout: string }) => failed);
  return stdout;
}

async function emptyDatabaseOf(change: string) {
  const database = await emptyDatabase();
  await asOwner(database.ownerUrl, (sql) => sql.unsafe(change));
  return database;
}
