import { eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db';
import { policies } from '@/db/schema/policies';

/** Locks the policy, so that concurrent changes to whether passwords are hidden run in order. */
export async function lockPolicy(tx: Tx, tenantId: string) {
  await tx.select({ id: policies.tenantId }).from(policies).where(eq(policies.tenantId, tenantId)).for('update');
}

/** Hides passwords while an enabled connection replaces them. */
export async function updatePasswordHidden(tx: Tx, tenantId: string) {
  await tx
    .update(policies)
    .set({
      passwordHidden: sql`exists (select from sso_connections where tenant_id = ${tenantId} and enabled and state = 'instead')`,
    })
    .where(eq(policies.tenantId, tenantId));
}
