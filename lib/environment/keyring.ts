import { InvalidEnv } from '@/lib/environment/invalid-env';

/** One key of GATEHOUSE_SECRETS. */
export type MasterKey = { id: string; secret: Buffer };

const VARIABLE = 'GATEHOUSE_SECRETS';
const SHORTEST = 32;
/** 32 random bytes have about 30 distinct values; fewer than this does not happen by chance. */
const FEWEST_DISTINCT = 12;

/** Returns the keys of GATEHOUSE_SECRETS in their order. Throws InvalidEnv. */
export function readKeyring(text: string): MasterKey[] {
  const keys = text.split(',').map((entry) => readKey(entry.trim()));
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new InvalidEnv(VARIABLE, 'names a key id twice');
  return keys;
}

function readKey(entry: string): MasterKey {
  const [id = '', encoded = '', ...rest] = entry.split(':');
  if (!/^[a-z0-9]{1,16}$/i.test(id) || rest.length > 0) {
    throw new InvalidEnv(VARIABLE, 'write each key as <id>:<base64>, several separated by commas');
  }
  if (!isBase64(encoded)) {
    throw new InvalidEnv(VARIABLE, `key ${id} is not base64; make one with openssl rand -base64 32`);
  }
  const secret = Buffer.from(encoded, 'base64');
  if (secret.length < SHORTEST) {
    throw new InvalidEnv(
      VARIABLE,
      `key ${id} is shorter than ${SHORTEST} bytes; make one with openssl rand -base64 32`,
    );
  }
  if (isPredictable(secret)) {
    throw new InvalidEnv(VARIABLE, `key ${id} is not random; make one with openssl rand -base64 32`);
  }
  return { id, secret };
}

/** Node's decoder skips what is not base64, so a mistyped key would silently become another one. */
function isBase64(text: string) {
  const bare = text.replace(/={1,2}$/, '');
  const isPadded = bare.length === text.length || text.length % 4 === 0;
  return (/^[A-Za-z0-9+/]+$/.test(bare) || /^[A-Za-z0-9_-]+$/.test(bare)) && bare.length % 4 !== 1 && isPadded;
}

/** Whether the bytes repeat a few values, repeat a block, or count up or down. */
function isPredictable(secret: Buffer) {
  if (new Set(secret).size < FEWEST_DISTINCT) return true;
  for (let period = 1; period <= secret.length / 2; period++) {
    if (secret.subarray(period).equals(secret.subarray(0, -period))) return true;
  }
  const steps = new Set(Array.from(secret.subarray(1), (byte, at) => (byte - (secret[at] ?? 0) + 256) % 256));
  return steps.size === 1;
}
