import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '@/db/embedded';
import { migrate } from '@/db/migrate';

/**
 * How to reach the test cluster: the database in `adminUrl` and the others is the migrated
 * template.
 */
export type Cluster = { directory: string; adminUrl: string; ownerUrl: string; appUrl: string; secrets: string };

/**
 * Starts a fresh Postgres, of TEST_POSTGRES_BIN where set, whose migrated database every test file
 * copies.
 */
export async function startCluster() {
  const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-test-'));
  // Postgres runs as another user where we are root, and must be able to pass through.
  chmodSync(directory, 0o711);
  const clear = () => rmSync(directory, { recursive: true, force: true });
  try {
    const embedded = await startEmbedded({ directory, durable: false, binaries: process.env.TEST_POSTGRES_BIN });
    const stop = async () => {
      await embedded.stop();
      if (embedded.directory !== directory) rmSync(embedded.directory, { recursive: true, force: true });
      clear();
    };
    try {
      await migrate(embedded.ownerUrl, embedded.appUrl);
    } catch (error) {
      await stop();
      throw error;
    }
    const { adminUrl, ownerUrl, appUrl, secrets } = embedded;
    return { cluster: { directory, adminUrl, ownerUrl, appUrl, secrets } satisfies Cluster, stop };
  } catch (error) {
    clear();
    throw error;
  }
}

/** Returns a new database with the same two roles: a copy of the migrated one, or of `template`. */
export async function copyDatabase(cluster: Cluster, name: string, template = 'gatehouse') {
  const admin = postgres(on(cluster.adminUrl, 'postgres'), { max: 1, onnotice: () => {} });
  try {
    await admin.unsafe(`create database ${name} owner gatehouse_owner template ${template}`);
    await admin.unsafe(`revoke all on database ${name} from public`);
    await admin.unsafe(`grant connect on database ${name} to gatehouse_app`);
  } finally {
    await admin.end({ timeout: 5 });
  }
  return {
    adminUrl: on(cluster.adminUrl, name),
    ownerUrl: on(cluster.ownerUrl, name),
    appUrl: on(cluster.appUrl, name),
    async drop() {
      const again = postgres(on(cluster.adminUrl, 'postgres'), { max: 1, onnotice: () => {} });
      await again.unsafe(`drop database if exists ${name} with (force)`).finally(() => again.end({ timeout: 5 }));
    },
  };
}

function on(url: string, database: string) {
  const made = new URL(url);
  made.pathname = `/${database}`;
  return made.href;
}
