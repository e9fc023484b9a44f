import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedApp } from '@/tests/support/app';
import { freePort } from '@/tests/support/free-port';

/**
 * The built product, once for all journeys, on an embedded database of its own. The workers inherit
 * what is set here.
 */
export default async function globalSetup() {
  const wanted = mkdtempSync(path.join(tmpdir(), 'gatehouse-e2e-'));
  chmodSync(wanted, 0o711);
  const clear = () => rmSync(wanted, { recursive: true, force: true });
  const port = await freePort();
  const app = await startEmbeddedApp({ GATEHOUSE_DATA: wanted, PORT: String(port) }).catch((error) => {
    clear();
    throw error;
  });
  const directory = placeOf(wanted);
  const kept = JSON.parse(readFileSync(path.join(directory, 'secrets.json'), 'utf8')) as Record<string, string>;
  const url = (role: string, password = '') => `postgres://${role}:${password}@127.0.0.1:${kept.port}/gatehouse`;
  Object.assign(process.env, {
    DATABASE_URL: url('gatehouse_app', kept.app),
    TEST_OWNER_URL: url('gatehouse_owner', kept.owner),
    TEST_ADMIN_URL: url('postgres', kept.postgres),
    GATEHOUSE_SECRETS: kept.secrets,
    GATEHOUSE_EMBEDDED: directory,
    PUBLIC_URL: `http://localhost:${port}`,
    LOG_LEVEL: 'error',
  });
  return async () => {
    await app.stop();
    if (directory !== wanted) rmSync(directory, { recursive: true, force: true });
    clear();
  };
}

/** As root the data may lie elsewhere; the note in the wanted directory says where. */
function placeOf(wanted: string) {
  try {
    return readFileSync(path.join(wanted, 'location'), 'utf8').trim();
  } catch {
    return wanted;
  }
}
