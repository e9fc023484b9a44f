import { sql } from 'drizzle-orm';
import { withoutTenant, withTenant } from '@/db';
import { operatorSessions, operators } from '@/db/schema/operators';
import { PROVIDER } from '@/lib/audit/provider';
import type { Cause } from '@/lib/audit/record';
import { hashToken, randomToken } from '@/lib/crypto';
import { env } from '@/lib/env';
import { createOperator } from '@/lib/operators/operators';
import { forgetNewCodes, newCodesOf, renewRecoveryCodes } from '@/lib/second-factor/recovery-codes';
import { newTotpSecret, sealTotpSecret } from '@/lib/second-factor/totp';
import { PASSWORD } from '@/tests/support/users';

export const operatorCause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

export type Operator = Awaited<ReturnType<typeof newOperator>>;

let made = 0;

/** How a browser names the console's address. */
export function operatorHost() {
  return `operator.${env().publicUrl.host}`;
}

/**
 * Returns an operator with a password of his own; `enrolled` also with a second factor, set up a
 * while ago.
 */
export async function newOperator({ enrolled = true, username = `operator${++made}` } = {}) {
  const person = { username, firstName: 'Olive', lastName: 'Bergeron', password: PASSWORD };
  const operator = await createOperator(person, operatorCause);
  if (!operator.ok) throw new Error(`no operator ${username}: ${operator.error}`);
  const secret = newTotpSecret();
  if (enrolled) {
    const sealedSecret = sealTotpSecret(secret, PROVIDER, operator.id);
    await withoutTenant((db) =>
      db.update(operators).set({ sealedSecret, lastStep: 0 }).where(sql`id = ${operator.id}`),
    );
  }
  return { id: operator.id, username, password: PASSWORD, secret };
}

/** Returns new recovery codes of an operator, as if made and kept a while ago. */
export function operatorCodes(operator: { id: string }) {
  return withTenant(PROVIDER, async (tx) => {
    await renewRecoveryCodes(tx, PROVIDER, operator.id, null);
    const codes = (await newCodesOf(tx, PROVIDER, operator.id, null)) ?? [];
    await forgetNewCodes(tx, PROVIDER, operator.id, null);
    return codes;
  });
}

/** Returns the token of a session of an operator, as a sign-in would have opened it. */
export async function operatorSession(operator: { id: string }) {
  const token = randomToken();
  await withoutTenant((db) =>
    db.insert(operatorSessions).values({
      operatorId: operator.id,
      tokenHash: hashToken(token),
      address: '127.0.0.1',
      userAgent: 'tests',
      absoluteUntil: sql`now() + interval '8 hours'`,
    }),
  );
  return token;
}
