import { sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { ssoConnections } from '@/db/schema/sso';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { hasEmergencyAccount } from '@/lib/passwords/emergency';
import { failure } from '@/lib/result';
import { type Connection, isConnection } from '@/lib/sso/connections/connections';
import { lockPolicy, updatePasswordHidden } from '@/lib/sso/connections/hidden-passwords';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';
import { hours } from '@/lib/time';

/** Within how many hours an administrator must have signed in before passwords can be hidden. */
const TRIED_HOURS = 24;

/**
 * Changes the state of a connection, and whether passwords are hidden, in one transaction. Fails
 * with `not-found`, `not-entitled`, `not-tested`, `not-enabled`, `instead-untried` (no
 * administrator signed in through it within 24 hours) or `instead-no-emergency`.
 */
export async function setState(tenant: Tenant, idText: string, state: 'draft' | 'beside' | 'instead', cause: Cause) {
  const id = readId(idText);
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
    record(tx, tenant.id, cause, 'sso_connection_state', {
      detail: { connection: id, state, from: row.state, ...changesBetween(row, { state }) },
    });
    return { ok: true } as const;
  });
}

/** Records a test that passed every check: a draft becomes tested. */
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

/** Returns whether an administrator signed in through a connection within 24 hours. */
export function isRecentlyTried({ administratorAt }: Pick<Connection, 'administratorAt'>, now = Date.now()) {
  return administratorAt !== null && administratorAt.getTime() > now - hours(TRIED_HOURS);
}
