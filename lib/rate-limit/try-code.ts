import { type Tx, withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { budgetOf, returnTry, takeTry } from '@/lib/rate-limit/lockout';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';

/** Answers that say nothing of the code: they cost no try and are not in the audit log. */
const OVER = new Set(['expired', 'enrolment-expired', 'service-clock']);

/**
 * One try of five at a code of any kind: taken before anything is checked, and noted in the trail
 * where the code is wrong. `check` runs in one transaction, which commits whatever it answers.
 * Fails as `check` does, and with `code-locked` and the minutes left.
 */
export async function tryCode<Answer extends { ok: true } | { ok: false; error: string }>(
  tenant: Pick<Tenant, 'id'>,
  userId: string,
  factor: 'totp' | 'recovery-code' | 'enrolment',
  cause: Cause,
  check: (tx: Tx) => Promise<Answer>,
) {
  const taken = await takeTry(tenant.id, 'code', budgetOf(userId), userId);
  const locked = () => failure('code-locked', { minutes: taken.minutes ?? 15 });
  if (taken.refused) return locked();
  let over = false;
  const answer = await withTenant(tenant.id, async (tx) => {
    const checked = await check(tx);
    if (checked.ok) return checked;
    if (OVER.has(checked.error)) {
      over = true;
      return checked;
    }
    const told = { subjectId: userId, detail: { factor } };
    await record(tx, tenant.id, cause, 'authn_login_code_fail', told);
    if (taken.locks) await record(tx, tenant.id, cause, 'authn_login_code_lock', told);
    return taken.locks ? locked() : checked;
  }).catch(async (error) => {
    await returnTry(tenant.id, 'code', budgetOf(userId), taken).catch(() => undefined);
    throw error;
  });
  if (over) await returnTry(tenant.id, 'code', budgetOf(userId), taken);
  return answer;
}
