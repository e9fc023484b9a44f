import { runningEmbedded } from '@/db/embedded/running';
import { env, InvalidEnv } from '@/lib/env';

/** Finds the database: the one of DATABASE_URL, or the one that `npm start` runs on this machine. Throws InvalidEnv where there is none. */
export function openDatabase() {
  if (!process.env.DATABASE_URL) {
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
