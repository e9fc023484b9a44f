import { statement, statementIn, withTenant } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import { type Cause, record } from '@/lib/audit/record';
import { isSealedUnderOldKey, seal, unseal, writingKeyId } from '@/lib/crypto';

/**
 * What is sealed, and under which context: `$` stands for the columns named, in their order.
 * `provider` has no tenant.
 */
type Sealed = { table: string; column: string; columns: string[]; context: string; provider?: true };

/** @internal Exported for its test. */
export const SEALED: Sealed[] = [
  { table: 'totp_secrets', column: 'sealed_secret', columns: ['tenant_id', 'user_id'], context: 'v1|$|$|totp' },
  {
    table: 'totp_secrets',
    column: 'sealed_new_codes',
    columns: ['tenant_id', 'user_id'],
    context: 'v1|$|$|recovery-codes',
  },
  { table: 'enrolments', column: 'sealed_secret', columns: ['tenant_id', 'user_id'], context: 'v1|$|$|totp' },
  { table: 'attempts', column: 'sealed_secret', columns: ['tenant_id', 'user_id'], context: 'v1|$|$|totp' },
  { table: 'attempts', column: 'sealed_hint', columns: ['tenant_id', 'connection_id'], context: 'sso-hint|$|$' },
  { table: 'sessions', column: 'sealed_hint', columns: ['tenant_id', 'connection_id'], context: 'sso-hint|$|$' },
  { table: 'sso_connections', column: 'sealed_secret', columns: ['tenant_id', 'id'], context: 'sso|$|$' },
  { table: 'sso_connections', column: 'sealed_other_secret', columns: ['tenant_id', 'id'], context: 'sso-other|$|$' },
  { table: 'phone_settings', column: 'sealed_secret', columns: ['tenant_id'], context: 'phone|$' },
  { table: 'phone_accounts', column: 'sealed_ha1', columns: ['tenant_id', 'user_id'], context: 'phone-account|$|$' },
  { table: 'operators', column: 'sealed_secret', columns: ['id'], context: `v1|${PROVIDER}|$|totp`, provider: true },
  {
    table: 'operators',
    column: 'sealed_new_codes',
    columns: ['id'],
    context: `v1|${PROVIDER}|$|recovery-codes`,
    provider: true,
  },
  {
    table: 'operator_attempts',
    column: 'sealed_secret',
    columns: ['operator_id'],
    context: `v1|${PROVIDER}|$|totp`,
    provider: true,
  },
];

const BATCH = 500;

type Rotated = { resealed: number; unreadable: number; key: string };

/**
 * Seals again what an older key has sealed, some hundred rows at a time, and returns the counts.
 * What no key opens is counted and left alone. What is kept as a digest (recovery codes, the trail)
 * cannot be: it needs the key it was made under. `tell` hears how many tenants are done.
 */
export async function rotateKeys(cause: Cause, tell: (done: number, of: number) => void): Promise<Rotated> {
  const chains = [...(await statement<{ id: string }>('select id from tenants order by id', [])), { id: PROVIDER }];
  const sum: Rotated = { resealed: 0, unreadable: 0, key: writingKeyId() };
  for (const [done, { id }] of chains.entries()) {
    tell(done, chains.length);
    for (const sealed of SEALED.filter(({ provider }) => Boolean(provider) === (id === PROVIDER))) {
      const { resealed, unreadable } = await rotateIn(id, sealed);
      sum.resealed += resealed;
      sum.unreadable += unreadable;
    }
  }
  tell(chains.length, chains.length);
  await withTenant(PROVIDER, async (tx) => record(tx, PROVIDER, cause, 'keys_rotate', { detail: { ...sum } }));
  return sum;
}

type Row = { place: string; old: string; parts: string[] };

async function rotateIn(tenantId: string, sealed: Sealed) {
  let [resealed, unreadable] = [0, 0];
  for (let after = '(0,0)', more = true; more; ) {
    const rows = await oldRows(tenantId, sealed, after);
    for (const row of rows) {
      const fresh = resealedOf(row, sealed);
      if (!fresh) unreadable += 1;
      else resealed += await exchange(tenantId, sealed, row, fresh);
    }
    after = rows.at(-1)?.place ?? after;
    more = rows.length === BATCH;
  }
  return { resealed, unreadable };
}

/**
 * In the order of their place in the table: one that is sealed again moves behind, and is no old
 * one there.
 */
function oldRows(tenantId: string, sealed: Sealed, after: string) {
  const isOld = `not starts_with(${sealed.column}, $2 || '.') and ctid > $3::tid`;
  return sealedRows(tenantId, sealed, isOld, [writingKeyId(), after], BATCH);
}

function sealedRows(tenantId: string, sealed: Sealed, which: string, parameters: string[], limit: number) {
  const { table, column, columns, provider } = sealed;
  return withTenant(tenantId, (tx) =>
    statementIn<Row>(
      tx,
      `select ctid::text as place, ${column} as old, array[${columns.map((name) => `${name}::text`).join(', ')}] as parts
       from ${table} where ${isOwnRow(provider)} and ${column} is not null and ${which} order by ctid limit ${limit}`,
      [tenantId, ...parameters],
    ),
  );
}

function resealedOf({ old, parts }: Row, sealed: Sealed) {
  const under = contextOf(parts, sealed);
  try {
    return isSealedUnderOldKey(old) ? seal(unseal(old, under), under) : undefined;
  } catch {
    return undefined;
  }
}

function opens(text: string, context: string) {
  try {
    return unseal(text, context) !== undefined;
  } catch {
    return false;
  }
}

function contextOf(parts: string[], { context }: Sealed) {
  return parts.reduce((text, part) => text.replace('$', part ?? ''), context);
}

/** Replaces a value only if it is unchanged since it was read. */
async function exchange(tenantId: string, { table, column, provider }: Sealed, { old }: Row, fresh: string) {
  const rows = await withTenant(tenantId, (tx) =>
    statementIn(tx, `update ${table} set ${column} = $3 where ${isOwnRow(provider)} and ${column} = $2 returning 1`, [
      tenantId,
      old,
      fresh,
    ]),
  );
  return rows.length;
}

function isOwnRow(provider: true | undefined) {
  return provider ? `$1::uuid = '${PROVIDER}'` : 'tenant_id = $1';
}

/**
 * Tenants and rows looked at, at most: this runs once for a key, on a database that was used before
 * checks existed.
 */
const [SAMPLED_TENANTS, SAMPLED_ROWS] = [50, 5];

/**
 * Returns whether a key opens something that was sealed under its id; undefined where nothing was
 * found.
 */
export async function opensSealed(keyId: string): Promise<boolean | undefined> {
  const tenants = await statement<{ id: string }>(`select id from tenants order by id limit ${SAMPLED_TENANTS}`, []);
  let found: boolean | undefined;
  for (const { id } of [...tenants, { id: PROVIDER }]) {
    for (const sealed of SEALED.filter(({ provider }) => Boolean(provider) === (id === PROVIDER))) {
      const rows = await sealedRows(id, sealed, `starts_with(${sealed.column}, $2 || '.')`, [keyId], SAMPLED_ROWS);
      if (rows.some(({ old, parts }) => opens(old, contextOf(parts, sealed)))) return true;
      if (rows.length > 0) found = false;
    }
  }
  return found;
}
