import { randomInt } from 'node:crypto';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { recoveryCodes, totpSecrets } from '@/db/schema/second-factor';
import { keyedDigestUnder, seal, unseal, writingKeyId } from '@/lib/crypto';
import { env } from '@/lib/env';

/** Ten codes of ten letters and digits without look-alikes: 50 bits each, once each (ASVS 6.5.1 to 6.5.4). */
const COUNT = 10;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** So many left or fewer, and the person is told to make new ones. */
export const FEW_RECOVERY_CODES = 3;

/** Replaces every recovery code of a user. They can be read by `newCodesOf` until seen, for ten minutes. */
export async function renewRecoveryCodes(tx: Tx, tenantId: string, userId: string) {
  const codes = Array.from({ length: COUNT }, newCode);
  await tx.delete(recoveryCodes).where(and(eq(recoveryCodes.tenantId, tenantId), eq(recoveryCodes.userId, userId)));
  await tx
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ tenantId, userId, codeDigest: digest(writingKeyId(), tenantId, userId, code) })));
  await tx
    .update(totpSecrets)
    .set({ sealedNewCodes: seal(codes.join(' '), context(tenantId, userId)), newCodesAt: sql`now()` })
    .where(and(eq(totpSecrets.tenantId, tenantId), eq(totpSecrets.userId, userId)));
}

/** Promises the codes just made, until the person has said that they are kept; else undefined. */
export async function newCodesOf(tx: Tx, tenantId: string, userId: string) {
  const [row] = await tx
    .select({ sealed: totpSecrets.sealedNewCodes })
    .from(totpSecrets)
    .where(
      and(
        eq(totpSecrets.tenantId, tenantId),
        eq(totpSecrets.userId, userId),
        sql`${totpSecrets.newCodesAt} > now() - interval '10 minutes'`,
      ),
    );
  return row?.sealed ? unseal(row.sealed, context(tenantId, userId)).split(' ') : undefined;
}

/** The codes have been seen and are never shown again. */
export async function forgetNewCodes(tx: Tx, tenantId: string, userId: string) {
  await tx
    .update(totpSecrets)
    .set({ sealedNewCodes: null, newCodesAt: null })
    .where(and(eq(totpSecrets.tenantId, tenantId), eq(totpSecrets.userId, userId)));
}

/** Promises whether this code was good, and spends it: of twenty at once, one. */
export async function spendRecoveryCode(tx: Tx, tenantId: string, userId: string, typed: string) {
  const spent = await tx
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCodes.tenantId, tenantId),
        eq(recoveryCodes.userId, userId),
        inArray(recoveryCodes.codeDigest, digests(tenantId, userId, typed)),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ userId: recoveryCodes.userId });
  return spent.length === 1;
}

/** Promises how many are left. */
export async function countRecoveryCodes(tx: Tx, tenantId: string, userId: string) {
  return tx.$count(
    recoveryCodes,
    and(eq(recoveryCodes.tenantId, tenantId), eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)),
  );
}

function newCode() {
  const letters = Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** One under every key of the ring: codes made before a change of keys stay good as long as the old key is there. */
function digests(tenantId: string, userId: string, code: string) {
  return env().keyring.map(({ id }) => digest(id, tenantId, userId, code));
}

/** Hyphens, spaces and capitals do not count, and the letters left out of the alphabet read as the digits they resemble. */
function digest(keyId: string, tenantId: string, userId: string, code: string) {
  const canonical = code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1').slice(0, 64);
  return keyedDigestUnder(keyId, 'recovery-code', tenantId, userId, canonical);
}

function context(tenantId: string, userId: string) {
  return `v1|${tenantId}|${userId}|recovery-codes`;
}
