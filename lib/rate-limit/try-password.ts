import { lockFailure, returnTry, type Try, takeTry } from '@/lib/rate-limit/lockout';
import { type Counter, countInPostgres } from '@/lib/rate-limit/postgres';
import { isHanging } from '@/lib/result';

/** Where a try at a password counts; the caller has moved `counters` already. */
type PasswordLimit = { budget: Buffer; userId: string | null; counters?: Counter[] };

/**
 * Takes one try at a password before `check` runs, and gives it back with `counters` if `check`
 * throws. Fails as `check` does, and with `locked` and the minutes left.
 */
export async function tryPassword<Answer>(
  tenantId: string,
  { budget, userId, counters = [] }: PasswordLimit,
  check: (attempt: Try) => Promise<Answer>,
) {
  const attempt = await takeTry(tenantId, 'password', budget, userId);
  if (attempt.refused) return lockFailure(attempt);
  try {
    return await check(attempt);
  } catch (error) {
    const returned = Promise.allSettled([
      returnTry(tenantId, 'password', budget, attempt),
      counters.length > 0 ? countInPostgres(counters, -1) : undefined,
    ]);
    // If the database does not answer, do not wait for it again.
    if (!isHanging(error)) await returned;
    throw error;
  }
}
