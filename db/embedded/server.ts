import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Account, Place } from '@/db/embedded/place';
import { EmbeddedRefused } from '@/db/embedded/refused';

export type Server = { port: number; stop(): Promise<void> };

const LOG_LIMIT = 10_000_000;

/** Returns the Postgres that runs on this cluster now, whatever process started it. */
export function runningServer({ cluster }: Place) {
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return isPostmaster(pid, cluster) ? { pid, port: Number(lines[3]) } : undefined;
}

/** Stops a Postgres on this cluster that a dead process left behind. */
export async function stopLeftover(place: Place) {
  if (runningServer(place)) return stopPostgres(place);
  const path = join(place.cluster, 'postmaster.pid');
  const pid = existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : 0;
  // Postgres clears a stale file by itself, except where something else has that process id now.
  if (isAlive(pid) && !commandLine(pid).includes('postgres')) rmSync(path, { force: true });
}

/**
 * Creates the cluster if there is none: in a temporary folder that is then renamed, so that an
 * interrupted start leaves no partial one.
 */
export async function createCluster(place: Place, options: { password: string; durable: boolean }) {
  if (existsSync(place.cluster)) return;
  const draft = `${place.cluster}.new`;
  const passwordFile = join(place.directory, 'initial-password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  giveTo(place.account, draft, passwordFile);
  const result = await run(place, 'initdb', [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...(await localeFlags(place)),
    '--no-instructions',
    ...(options.durable ? [] : ['--no-sync']),
  ]);
  rmSync(passwordFile, { force: true });
  if (result.code !== 0) throw new EmbeddedRefused(`the database could not be made: ${lastLines(result.output)}`);
  renameSync(draft, place.cluster);
}

/**
 * Returns the flags for a locale that is the same on every machine; before 17 only the system's
 * libraries have one.
 */
async function localeFlags(place: Place) {
  const { output } = await run(place, 'initdb', ['--version']);
  const major = Number(/(\d+)/.exec(output)?.[1]);
  return major < 17 ? ['--locale=C.UTF-8'] : ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
}

/**
 * Starts Postgres on `port`, or on another one if that is in use. It outlives Ctrl-C, but not this
 * process.
 */
export async function startServer(place: Place, options: { port?: number; durable: boolean }): Promise<Server> {
  const log = join(place.directory, 'postgres.log');
  closeSync(openSync(log, 'a', 0o600));
  giveTo(place.account, log);
  for (let attempt = 1; ; attempt++) {
    if (statSync(log).size > LOG_LIMIT) truncateSync(log);
    const before = statSync(log).size;
    const port = await freePort(attempt === 1 ? options.port : undefined);
    const flags = serverFlags(port, options.durable);
    const { code } = await run(place, 'pg_ctl', [
      'start',
      '-w',
      '-t',
      '60',
      '-D',
      place.cluster,
      '-l',
      log,
      '-o',
      flags,
    ]);
    if (code === 0) return watched(place, port);
    const said = readFileSync(log).subarray(before).toString();
    if (attempt === 3 || !said.includes('Address already in use')) {
      throw new EmbeddedRefused(`Postgres did not start: ${lastLines(said)} (see ${log})`);
    }
  }
}

function lastLines(output: string) {
  return output.trim().split('\n').slice(-3).join(' ');
}

function isPostmaster(pid: number, cluster: string) {
  if (!isAlive(pid)) return false;
  return process.platform !== 'linux' || commandLine(pid).includes(cluster);
}

function isAlive(pid: number) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function commandLine(pid: number) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function stopPostgres(place: Place) {
  for (const mode of ['fast', 'immediate']) {
    const { code } = await run(place, 'pg_ctl', ['stop', '-w', '-t', '15', '-m', mode, '-D', place.cluster]);
    if (code === 0 || !runningServer(place)) return;
  }
  throw new EmbeddedRefused(`Postgres on ${place.cluster} does not stop`);
}

function giveTo(account: Account | undefined, ...paths: string[]) {
  if (account) for (const path of paths) chownSync(path, account.uid, account.gid);
}

async function freePort(wanted = 0): Promise<number> {
  const probe = createServer();
  try {
    probe.listen(wanted, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    return typeof address === 'object' && address ? address.port : 0;
  } catch {
    return freePort();
  } finally {
    probe.close();
  }
}

function serverFlags(port: number, durable: boolean) {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: "''",
    max_connections: 100,
    shared_buffers: '32MB',
    max_wal_size: '256MB',
    wal_level: 'minimal',
    max_wal_senders: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A statement can carry what a person typed: none is written to the log.
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [`-p ${port}`, ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)].join(' ');
}

/**
 * The pipe to this small shell closes when our process dies, even by kill -9: then the shell stops
 * Postgres.
 */
function watched(place: Place, port: number): Server {
  const pidFile = join(place.cluster, 'postmaster.pid');
  const pid = readFileSync(pidFile, 'utf8').split('\n')[0] ?? '';
  const script = 'read -r _; [ "$(head -n 1 "$1")" = "$2" ] && kill -INT "$2"';
  const watch = spawn('sh', ['-c', script, 'sh', pidFile, pid], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  (watch.stdin as Socket).unref();
  return {
    port,
    async stop() {
      await stopPostgres(place);
      watch.stdin.end();
    },
  };
}

async function run({ binaries, account }: Place, name: 'initdb' | 'pg_ctl', args: string[]) {
  const child = spawn(join(binaries, name), args, {
    ...account,
    detached: true,
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
