import postgres from 'postgres';
import { takeLock } from '@/db/embedded/lock';
import { findPlace } from '@/db/embedded/place';
import { EmbeddedRefused, refusedFile } from '@/db/embedded/refused';
import { keepSecrets, type Secrets } from '@/db/embedded/secrets';
import { createCluster, runningServer, startServer, stopLeftover } from '@/db/embedded/server';

type Options = {
  /**
   * Where data and secrets are kept. As root it may move to /var/lib/gatehouse; the result says
   * where it is.
   */
  directory: string;
  log?: (line: string) => void;
  /** Tests only: without fsync, so that a cluster is made quickly and lost with the machine. */
  durable?: boolean;
  /** Tests only: folder of another Postgres' initdb, pg_ctl and postgres. */
  binaries?: string;
};

export type Embedded = {
  directory: string;
  ownerUrl: string;
  appUrl: string;
  /** The superuser, for tests that make databases of their own. The application never sees it. */
  adminUrl: string;
  /** The application's GATEHOUSE_SECRETS, made once. */
  secrets: string;
  stop(): Promise<void>;
};

const DATABASE = 'gatehouse';

/**
 * Starts Postgres on 127.0.0.1 with the database, its owner and the application's role, also after
 * an earlier process died. It stops when this process dies. Throws EmbeddedRefused where it cannot
 * start.
 */
export async function startEmbedded(options: Options): Promise<Embedded> {
  try {
    return await start(options);
  } catch (error) {
    throw refusedFile(error, options.directory) ?? error;
  }
}

async function start({ directory, log = () => {}, durable = true, binaries }: Options): Promise<Embedded> {
  const place = await findPlace(directory, log, binaries);
  const lock = takeLock(place.directory);
  if (!lock.ok) {
    const port = runningServer(place)?.port ?? 'unknown';
    throw new EmbeddedRefused(
      `already running on ${place.directory} (process ${lock.pid}, database port ${port}). Stop it, or set GATEHOUSE_DATA to another directory`,
    );
  }
  try {
    const kept = keepSecrets(place);
    await stopLeftover(place);
    await createCluster(place, { password: kept.postgres, durable });
    const server = await startServer(place, { port: kept.port, durable });
    try {
      keepSecrets(place, server.port);
      await createRoles(url('postgres', kept.postgres, server.port, 'postgres'), kept);
    } catch (error) {
      await server.stop();
      throw error;
    }
    let stopped: Promise<void> | undefined;
    return {
      directory: place.directory,
      ownerUrl: url('gatehouse_owner', kept.owner, server.port),
      appUrl: url('gatehouse_app', kept.app, server.port),
      adminUrl: url('postgres', kept.postgres, server.port),
      secrets: kept.secrets,
      stop() {
        stopped ??= server.stop().finally(lock.release);
        return stopped;
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function url(role: string, password: string, port: number, database = DATABASE) {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

async function createRoles(adminUrl: string, kept: Secrets) {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    for (const [role, password] of [
      ['gatehouse_owner', kept.owner],
      ['gatehouse_app', kept.app],
    ] as const) {
      const [found] = await sql`select 1 from pg_roles where rolname = ${role}`;
      const verb = found ? 'alter' : 'create';
      await sql.unsafe(
        `${verb} role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole password '${password}'`,
      );
    }
    const [found] = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (!found) await sql.unsafe(`create database ${DATABASE} owner gatehouse_owner`);
    await sql.unsafe(`revoke all on database ${DATABASE}, postgres, template1 from public`);
    await sql.unsafe(`grant connect on database ${DATABASE} to gatehouse_app`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
