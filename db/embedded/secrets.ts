import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '@/db/embedded/place';
import { EmbeddedRefused } from '@/db/embedded/refused';

export type Secrets = { port?: number; postgres: string; owner: string; app: string; secrets: string };

/**
 * Returns the passwords and keys of this data directory, created at the first start. Stores `port`
 * beside them if given.
 */
export function keepSecrets({ directory, cluster }: Place, port?: number): Secrets {
  const path = join(directory, 'secrets.json');
  if (!existsSync(path) && existsSync(cluster)) {
    throw new EmbeddedRefused(
      `${path} is gone, and the data beside it cannot be read without it. Put it back, or remove ${directory} to begin anew`,
    );
  }
  const kept: Secrets = existsSync(path) ? readSecrets(path) : newSecrets();
  if (existsSync(path) && (port === undefined || port === kept.port)) return kept;
  const next = { ...kept, port };
  writeFileSync(`${path}.new`, JSON.stringify(next, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return next;
}

function readSecrets(path: string): Secrets {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new EmbeddedRefused(`${path} is damaged. Restore it, or remove its folder to begin with new data`);
  }
}

function newSecrets(): Secrets {
  const password = () => randomBytes(24).toString('hex');
  return {
    postgres: password(),
    owner: password(),
    app: password(),
    secrets: `k1:${randomBytes(32).toString('base64')}`,
  };
}
