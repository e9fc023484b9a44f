import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { type Embedded, startEmbedded } from '@/db/embedded';
import { EmbeddedRefused } from '@/db/embedded/refused';

const running: Embedded[] = [];

afterEach(async () => {
  for (const embedded of running.splice(0)) await embedded.stop();
});

test('two roles: one owns the database, the other owns nothing and bypasses nothing', async () => {
  const embedded = await start(newDirectory());
  const owner = connect(embedded.ownerUrl);
  const app = connect(embedded.appUrl);
  await owner`create schema graphile_worker`;
  await owner`create extension pgcrypto`;
  await owner`create table things (id int)`;
  const [role] =
    await app`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user`;
  expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false });
  await expect(app`select from things`).rejects.toMatchObject({ code: '42501' });
  await expect(app`create table mine (id int)`).rejects.toMatchObject({ code: '42501' });
  await expect(app`create temp table mine (id int)`).rejects.toMatchObject({ code: '42501' });
  const [settings] = await owner`select lower('ÉÀ') as lower, current_setting('listen_addresses') as listens,
    current_setting('server_encoding') as encoding, current_setting('password_encryption') as passwords`;
  expect(settings).toEqual({ lower: 'éà', listens: '127.0.0.1', encoding: 'UTF8', passwords: 'scram-sha-256' });
});

test('data, passwords, keys and port survive a stop, and the secrets are for their owner only', async () => {
  const directory = newDirectory();
  const first = await start(directory);
  await connect(first.ownerUrl)`create table kept as select 7 as seven`;
  await first.stop();
  const second = await start(directory);
  expect(second).toMatchObject({ ownerUrl: first.ownerUrl, appUrl: first.appUrl, secrets: first.secrets });
  expect(await connect(second.ownerUrl)`select seven from kept`).toEqual([{ seven: 7 }]);
  expect(statSync(path.join(second.directory, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(second.secrets.replace(/^k1:/, ''), 'base64')).toHaveLength(32);
});

test('a wrong password is refused', async () => {
  const embedded = await start(newDirectory());
  const url = new URL(embedded.appUrl);
  url.password = 'wrong';
  await expect(connect(url.href)`select 1`).rejects.toMatchObject({ code: '28P01' });
});

test('a second start on the same data is refused, naming process and port', async () => {
  const embedded = await start(newDirectory());
  const again = startEmbedded({ directory: embedded.directory, durable: false });
  await expect(again).rejects.toThrow(EmbeddedRefused);
  await expect(again).rejects.toThrow(
    new RegExp(`process ${process.pid}, database port ${new URL(embedded.appUrl).port}`),
  );
  expect(await connect(embedded.appUrl)`select 1 as one`).toEqual([{ one: 1 }]);
});

test('data without its secrets is refused and left alone', async () => {
  const embedded = await start(newDirectory());
  await embedded.stop();
  rmSync(path.join(embedded.directory, 'secrets.json'));
  await expect(startEmbedded({ directory: embedded.directory, durable: false })).rejects.toThrow(
    /secrets\.json is gone/,
  );
});

test('a process id file that now names something else does not stop a start', async () => {
  const embedded = await start(newDirectory());
  await embedded.stop();
  const other = spawn('sleep', ['60']);
  onTestFinished(() => void other.kill());
  writeFileSync(path.join(embedded.directory, 'data', 'postmaster.pid'), `${other.pid}\n`);
  const again = await start(embedded.directory);
  expect(await connect(again.appUrl)`select 1 as one`).toEqual([{ one: 1 }]);
  expect(other.exitCode).toBeNull();
});

test('after kill -9 of its process Postgres stops by itself, and the next start has every committed row', async () => {
  const directory = newDirectory();
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', HOLD], {
    cwd: process.cwd(),
    env: { ...process.env, DIRECTORY: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { home, postmaster } = JSON.parse(line.toString()) as { home: string; postmaster: number };
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => isRunning(postmaster), { timeout: 10_000 }).toBe(false);
  const again = await start(home);
  expect(await connect(again.ownerUrl)`select count(*)::int as rows from kept`).toEqual([{ rows: 100 }]);
});

const HOLD = `
  import { readFileSync } from 'node:fs';
  import postgres from 'postgres';
  const { startEmbedded } = await import('./db/embedded.ts');
  const embedded = await startEmbedded({ directory: process.env.DIRECTORY });
  await postgres(embedded.ownerUrl)\`create table kept as select generate_series(1, 100)\`;
  const postmaster = Number(readFileSync(embedded.directory + '/data/postmaster.pid', 'utf8').split('\\n')[0]);
  console.log(JSON.stringify({ home: embedded.directory, postmaster }));
  setInterval(() => {}, 1000);
`;

function newDirectory() {
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function start(directory: string) {
  const embedded = await startEmbedded({ directory, durable: false });
  running.push(embedded);
  return embedded;
}

function connect(url: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

/** A finished process that nobody has waited for counts as gone. */
function isRunning(pid: number) {
  try {
    process.kill(pid, 0);
    const state =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/stat`, 'utf8')
        : execFileSync('ps', ['-o', 'stat=', '-p', `${pid}`]).toString();
    return !/\) Z|^Z/.test(state);
  } catch {
    return false;
  }
}
