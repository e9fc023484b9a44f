import { statement } from '@/db';
import { keyedDigestUnder, sameBytes, writingKeyId } from '@/lib/crypto';
import { env, InvalidEnv } from '@/lib/env';
import { opensSealed } from '@/lib/keys/rotate';

/**
 * How the keys of this process compare with the ones that this database was used with, by their
 * ids.
 */
export type KeyReport = {
  /** Another key under an id that was used before. */
  wrong: string[];
  /** Not used before, in the order of the keyring. */
  fresh: string[];
  /** Used before, and not in the keyring. */
  absent: string[];
};

/**
 * Throws InvalidEnv where a key of GATEHOUSE_SECRETS is not the one that was used under its id, and
 * records the check value of a key that is used for the first time. Returns what was found before
 * that.
 */
export async function assertKeys(): Promise<KeyReport> {
  const report = await compareKeys();
  refuseWrong(report);
  for (const id of report.fresh) {
    if ((await opensSealed(id)) === false) throw wrongKey(id);
    await statement('insert into key_checks (key_id, check_value) values ($1, $2) on conflict do nothing', [
      id,
      checkValue(id),
    ]);
  }
  // Another instance may have recorded its own key under the same id in the meantime.
  if (report.fresh.length > 0) refuseWrong(await compareKeys());
  return report;
}

/** Compares the keys and changes nothing. */
export async function compareKeys(): Promise<KeyReport> {
  const rows = await statement<{ id: string; value: Buffer }>(
    'select key_id as id, check_value as value from key_checks order by first_used_at, key_id',
    [],
  );
  const used = new Map(rows.map(({ id, value }) => [id, value]));
  const ids = env().keyring.map(({ id }) => id);
  return {
    wrong: ids.filter((id) => !sameBytes(used.get(id) ?? checkValue(id), checkValue(id))),
    fresh: ids.filter((id) => !used.has(id)),
    absent: [...used.keys()].filter((id) => !ids.includes(id)),
  };
}

/** Whether this process writes under a key that no instance was given to read before. */
export function writesUnreadKey({ fresh, absent }: KeyReport) {
  const isFirst = fresh.length === env().keyring.length && absent.length === 0;
  return fresh.includes(writingKeyId()) && !isFirst;
}

/** How to fix a key that differs from the one used under its id. */
export const RESTORE_KEY =
  'restore the key that was used before, or if this is a new key, give it an id that was never used';

function refuseWrong({ wrong: [id] }: KeyReport) {
  if (id) throw wrongKey(id);
}

function wrongKey(id: string) {
  return new InvalidEnv(
    'GATEHOUSE_SECRETS',
    `key ${id} is not the key that this database was used with; ${RESTORE_KEY}`,
  );
}

function checkValue(id: string) {
  return keyedDigestUnder(id, 'check', 'gatehouse');
}
