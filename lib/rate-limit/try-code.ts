import { type Tx, withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { budgetOf, returnTry, takeTry } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/** Failures that do not depend on the code: they cost no try and are not recorded. */
const OVER = new Set(['expired', 'enrolment-expired', 'service-clock']);

/**
 * Takes one of five tries at a code of any kind before `check` runs, and records a wrong code.
 * `check` runs in one transaction, which commits whatever it answers. Fails as `check` does, and
 * with `code-locked` and the minutes left.
 */
export async function tryCode<Answer extends { ok: true } | { ok: false; error: string }>(
  tenant: Pick<Tenant, 'id'>,
  userId: string,
  factor: 'totp' | 'recovery-code' | 'enrolment',
  cause: Cause,
  check: (tx: Tx) => Promise<Answer>,
) {
  const attempt = await takeTry(tenant.id, 'code', budgetOf(userId), userId);
  const locked = () => failure('code-locked', { minutes: attempt.minutes ?? 15 });
  if (attempt.refused) return locked();
  let over = false;
  const answer = await withTenant(tenant.id, async (tx) => {
    const checked = await check(tx);
    if (checked.ok) return checked;
    if (OVER.has(checked.error)) {
      over = true;
      return checked;
    }
    const event = { subjectId: userId, detail: { factor } };
    record(tx, tenant.id, cause, 'authn_login_code_fail', event);
    if (attempt.locks) record(tx, tenant.id, cause, 'authn_login_code_lock', event);
    return attempt.locks ? locked() : checked;
  }).catch(async (error) => {
    await returnTry(tenant.id, 'code', budgetOf(userId), attempt).catch(() => undefined);
    throw error;
  });
  if (over) await returnTry(tenant.id, 'code', budgetOf(userId), attempt);
  return answer;
}
