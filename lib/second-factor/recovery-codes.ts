import { randomInt } from 'node:crypto';
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { statement, type Tx, withoutTenant, withTenant } from '@/db';
import { operatorRecoveryCodes, operators } from '@/db/schema/operators';
import { recoveryCodes, totpSecrets } from '@/db/schema/second-factor';
import { belongsToUser } from '@/db/schema/users';
import { PROVIDER } from '@/lib/audit/provider';
import { keyedDigestUnder, requireKey, seal, unseal, writingKeyId } from '@/lib/crypto';
import { env } from '@/lib/env';
import { LIFETIMES } from '@/lib/lifetimes';
import { inSeconds } from '@/lib/time';

/**
 * Ten codes of ten letters and digits without look-alikes: 50 bits each, once each (ASVS 6.5.1 to
 * 6.5.4).
 */
const COUNT = 10;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** With this many codes left or fewer, users are advised to make new ones. */
export const FEW_RECOVERY_CODES = 3;

/**
 * Replaces every recovery code of a user; here and below, of an operator with PROVIDER as the
 * tenant. `sessionId` alone can read them by `newCodesOf` until seen, for ten minutes; null waits
 * for the session that `showNewCodesTo` names.
 */
export async function renewRecoveryCodes(tx: Tx, tenantId: string, userId: string, sessionId: string | null) {
  const { table, owner, holder, held } = tablesOf(tenantId, userId);
  const codes = Array.from({ length: COUNT }, newCode);
  const keyId = writingKeyId();
  await removeRecoveryCodes(tx, tenantId, userId);
  await tx
    .insert(table)
    .values(codes.map((code) => ({ ...owner, keyId, codeDigest: digest(keyId, tenantId, userId, code) })));
  await tx
    .update(holder)
    .set({
      sealedNewCodes: seal(codes.join(' '), context(tenantId, userId)),
      newCodesAt: sql`now()`,
      newCodesSession: sessionId,
    })
    .where(held);
}

/** Assigns codes made during a sign-in to the session that it has opened. */
export async function showNewCodesTo(tx: Tx, tenantId: string, userId: string, sessionId: SQL) {
  const { holder, held } = tablesOf(tenantId, userId);
  await tx
    .update(holder)
    .set({ newCodesSession: sessionId })
    .where(and(held, isNull(holder.newCodesSession)));
}

/**
 * Returns new codes to the session that may see them, until the user confirms having saved them;
 * otherwise undefined.
 */
export async function newCodesOf(tx: Tx, tenantId: string, userId: string, sessionId: string | null) {
  const { holder, held } = tablesOf(tenantId, userId);
  const [row] = await tx
    .select({ sealed: holder.sealedNewCodes })
    .from(holder)
    .where(
      and(
        held,
        isOf(holder, sessionId),
        sql`${holder.newCodesAt} > now() - make_interval(secs => ${inSeconds(LIFETIMES.newRecoveryCodes)})`,
      ),
    );
  return row?.sealed ? unseal(row.sealed, context(tenantId, userId)).split(' ') : undefined;
}

/** Deletes the readable copy of this session's new codes. */
export async function forgetNewCodes(tx: Tx, tenantId: string, userId: string, sessionId: string | null) {
  const { holder, held } = tablesOf(tenantId, userId);
  await tx
    .update(holder)
    .set({ sealedNewCodes: null, newCodesAt: null, newCodesSession: null })
    .where(and(held, isOf(holder, sessionId)));
}

function isOf(holder: typeof operators | typeof totpSecrets, sessionId: string | null) {
  return sql`${holder.newCodesSession} is not distinct from ${sessionId}::uuid`;
}

/**
 * Returns whether this code was good, and spends it: of twenty at once, one. Throws Unavailable
 * where it is not found and codes exist under a key that is not here.
 */
export async function spendRecoveryCode(tx: Tx, tenantId: string, userId: string, typed: string) {
  const { table, isOwn } = tablesOf(tenantId, userId);
  const spent = await tx
    .update(table)
    .set({ usedAt: sql`now()` })
    .where(and(isOwn, inArray(table.codeDigest, digests(tenantId, userId, typed)), isNull(table.usedAt)))
    .returning({ usedAt: table.usedAt });
  if (spent.length === 1) return true;
  const left = await tx
    .selectDistinct({ keyId: table.keyId })
    .from(table)
    .where(and(isOwn, isNull(table.usedAt)));
  for (const { keyId } of left) if (keyId) requireKey(keyId);
  return false;
}

/** Returns how many unused codes a user has. */
export async function countRecoveryCodes(tx: Tx, tenantId: string, userId: string) {
  const { table, isOwn } = tablesOf(tenantId, userId);
  return tx.$count(table, and(isOwn, isNull(table.usedAt)));
}

/**
 * Returns how many unused codes have no key id, of every tenant and of operators. Which key made
 * such a code is unknown: if it is gone, the code is answered as wrong.
 */
export async function countCodesWithoutKeyId() {
  const isUnkeyed = ({ keyId, usedAt }: typeof recoveryCodes | typeof operatorRecoveryCodes) =>
    and(isNull(keyId), isNull(usedAt));
  let count = await withoutTenant((db) => db.$count(operatorRecoveryCodes, isUnkeyed(operatorRecoveryCodes)));
  for (const { id } of await statement<{ id: string }>('select id from tenants', [])) {
    const ofTenant = and(eq(recoveryCodes.tenantId, id), isUnkeyed(recoveryCodes));
    count += await withTenant(id, (tx) => tx.$count(recoveryCodes, ofTenant));
  }
  return count;
}

/** Removes all recovery codes of a user. */
export async function removeRecoveryCodes(tx: Tx, tenantId: string, userId: string) {
  const { table, isOwn } = tablesOf(tenantId, userId);
  await tx.delete(table).where(isOwn);
}

/** Returns the tables and conditions of a user's codes, or of an operator's with PROVIDER. */
function tablesOf(tenantId: string, id: string) {
  if (tenantId === PROVIDER)
    return {
      table: operatorRecoveryCodes,
      owner: { operatorId: id },
      isOwn: eq(operatorRecoveryCodes.operatorId, id),
      holder: operators,
      held: eq(operators.id, id),
    };
  return {
    table: recoveryCodes,
    owner: { tenantId, userId: id },
    isOwn: belongsToUser(recoveryCodes, tenantId, id),
    holder: totpSecrets,
    held: belongsToUser(totpSecrets, tenantId, id),
  };
}

function newCode() {
  const letters = Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** Returns the digests under every key of the ring: codes survive a change of keys. */
function digests(tenantId: string, userId: string, code: string) {
  return env().keyring.map(({ id }) => digest(id, tenantId, userId, code));
}

/** Ignores hyphens, spaces and case; letters missing from the alphabet read as similar digits. */
function digest(keyId: string, tenantId: string, userId: string, code: string) {
  const canonical = code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1').slice(0, 64);
  return keyedDigestUnder(keyId, 'recovery-code', tenantId, userId, canonical);
}

function context(tenantId: string, userId: string) {
  return `v1|${tenantId}|${userId}|recovery-codes`;
}
