import { assertDatabase } from '@/db/check';
import { runningEmbedded } from '@/db/embedded/running';
import { assertEmbeddedAllowed, env, InvalidEnv } from '@/lib/env';
import { assertKeys } from '@/lib/keys/checks';

/**
 * Finds the database, and throws InvalidEnv where the server would not start on it: role, version
 * or keys.
 */
export async function openDatabase() {
  await assertDatabase(findDatabase().DATABASE_URL);
  await assertKeys();
}

/**
 * Returns the settings, with the database of DATABASE_URL or the one that `npm start` runs here.
 * Throws InvalidEnv.
 */
export function findDatabase() {
  if (!process.env.DATABASE_URL?.trim()) {
    assertEmbeddedAllowed();
    const running = runningEmbedded(process.env.GATEHOUSE_DATA || '.gatehouse');
    if (!running)
      throw new InvalidEnv(
        'DATABASE_URL',
        'is not set, and no Gatehouse with a database of its own runs here; start it with npm start',
      );
    Object.assign(process.env, {
      DATABASE_URL: running.appUrl,
      GATEHOUSE_SECRETS: running.secrets,
      GATEHOUSE_EMBEDDED: running.directory,
    });
  }
  return env();
}
