import { sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { ssoConnections } from '@/db/schema/sso';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { hasEmergencyAccount } from '@/lib/passwords/emergency';
import { failure } from '@/lib/result';
import { lockPolicy, updatePasswordHidden } from '@/lib/sso/connections/change';
import { type Connection, isConnection } from '@/lib/sso/connections/connections';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';
import { hours } from '@/lib/time';

/** How long ago an administrator may have come in through a connection that is to stand instead of passwords. */
const TRIED_HOURS = 24;

/**
 * Puts a connection back to draft, beside the password or instead of it; policies.passwordHidden follows in the same transaction.
 * Fails with `not-found`, `not-entitled`, `not-tested`, `not-enabled`, `instead-untried` where no administrator came in through it
 * within 24 hours, `instead-no-emergency` where nobody could mend it from outside.
 */
export async function setState(tenant: Tenant, asked: string, state: 'draft' | 'beside' | 'instead', cause: Cause) {
  const id = readId(asked);
  if (!id) return failure('not-found');
  if (!isEntitled(tenant, 'single-sign-on')) return failure('not-entitled');
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const [row] = await tx
      .select({
        state: ssoConnections.state,
        testedAt: ssoConnections.testedAt,
        enabled: ssoConnections.enabled,
        tried: sql<boolean>`coalesce(${ssoConnections.administratorAt} > now() - make_interval(hours => ${TRIED_HOURS}), false)`,
      })
      .from(ssoConnections)
      .where(isConnection(tenant.id, id))
      .for('update');
    if (!row) return failure('not-found');
    const isUntested = row.state === 'draft' || (row.state === 'tested' && !row.testedAt);
    if (state !== 'draft' && isUntested) return failure('not-tested');
    if (state === 'instead') {
      if (!row.enabled) return failure('not-enabled');
      if (!row.tried) return failure('instead-untried');
      if (!(await hasEmergencyAccount(tx, tenant.id))) return failure('instead-no-emergency');
    }
    await tx
      .update(ssoConnections)
      .set({ state, updatedAt: sql`now()`, ...(state === 'draft' ? { testedAt: null } : {}) })
      .where(isConnection(tenant.id, id));
    await updatePasswordHidden(tx, tenant.id);
    await record(tx, tenant.id, cause, 'sso_connection_state', {
      detail: { connection: id, state, from: row.state, ...changesBetween(row, { state }) },
    });
    return { ok: true } as const;
  });
}

/** Notes a test that went well from end to end: a draft becomes tested. */
export async function markTested(tenant: Tenant, id: string) {
  await withTenant(tenant.id, (tx) =>
    tx
      .update(ssoConnections)
      .set({
        testedAt: sql`now()`,
        state: sql`case when ${ssoConnections.state} = 'draft' then 'tested' else ${ssoConnections.state} end`,
      })
      .where(isConnection(tenant.id, id)),
  );
}

/** Promises whether an administrator came in through it lately enough for passwords to be hidden behind it. Pure but for the clock. */
export function isRecentlyTried({ administratorAt }: Pick<Connection, 'administratorAt'>, now = Date.now()) {
  return administratorAt !== null && administratorAt.getTime() > now - hours(TRIED_HOURS);
}
