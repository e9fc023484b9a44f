import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Secrets } from '@/db/embedded/secrets';

/**
 * Returns how to reach the database that another process runs on this directory, or undefined.
 * Starts nothing.
 */
export function runningEmbedded(wanted: string) {
  const note = join(resolve(wanted), 'location');
  const directory = existsSync(note) ? readFileSync(note, 'utf8').trim() : resolve(wanted);
  const [secrets, pidFile] = [join(directory, 'secrets.json'), join(directory, 'data/postmaster.pid')];
  if (!existsSync(secrets) || !existsSync(pidFile)) return undefined;
  const kept: Secrets = JSON.parse(readFileSync(secrets, 'utf8'));
  const port = Number(readFileSync(pidFile, 'utf8').split('\n')[3]);
  const url = (role: string, password: string) => `postgres://${role}:${password}@127.0.0.1:${port}/gatehouse`;
  return { directory, appUrl: url('gatehouse_app', kept.app), secrets: kept.secrets };
}
