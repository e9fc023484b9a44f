import { statementIn, type Tx, withTenant } from '@/db';
import { imports } from '@/db/schema/user-administration';
import type { Cause } from '@/lib/audit/record';
import { countMails, mailFailure } from '@/lib/emails/limits';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { isImport, lockImport } from '@/lib/users/import/imports';
import { queueWork } from '@/lib/users/unfinished';

/**
 * Queues a planned import to be applied. Fails with `not-found`, `import-over` where it is not
 * planned, `too-many-mails` to invite, and `import-refused` where lines were refused and
 * `withoutRefused` does not leave them out.
 */
export async function startImport(tenant: Tenant, importId: string, withoutRefused: boolean, cause: Cause) {
  const id = readId(importId);
  if (!id) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const found = await lockImport(tx, tenant.id, id);
    if (!found) return failure('not-found');
    if (found.state !== 'planned') return failure('import-over');
    if (found.counts && found.counts.refused > 0 && !withoutRefused)
      return failure('import-refused', { field: 'withoutRefused', count: found.counts.refused });
    const { actorId, address, userAgent, requestId } = cause;
    await tx
      .update(imports)
      .set({ state: 'applying', withoutRefused, done: 0, cause: { actorId, address, userAgent, requestId } })
      .where(isImport(tenant.id, id));
    if (found.invite) await countInvitations(tx, tenant.id, id, actorId);
    await queueWork(tx, { tenantId: tenant.id, task: 'import', id });
    return { ok: true } as const;
  }).catch(mailFailure());
}

/**
 * Counts all invitations of an import against the sender's limit; the limit per recipient does not
 * apply. Throws TooManyMails.
 */
async function countInvitations(tx: Tx, tenantId: string, id: string, senderId: string | null) {
  const [row] = await statementIn<{ count: number }>(
    tx,
    `select count(*)::int as count from import_lines
     where tenant_id = $1::uuid and import_id = $2::uuid and verdict = 'create' and person ->> 'email' is not null`,
    [tenantId, id],
  );
  await countMails(tx, 'invitation', { tenantId, senderId, recipient: null }, row?.count ?? 0);
}

/**
 * Returns whether a planned import grants the administrator role, or changes the address of a user
 * who has it.
 */
export async function changesAdministrators(tenant: Tenant, importId: string) {
  const id = readId(importId);
  if (!id) return false;
  const [row] = await withTenant(tenant.id, (tx) =>
    statementIn<{ changes: boolean }>(
      tx,
      `select exists (select from import_lines l left join users u on u.tenant_id = $1::uuid and u.id = l.user_id
         where l.tenant_id = $1::uuid and l.import_id = $2::uuid and l.verdict in ('create', 'change') and (
           l.person ->> 'role' = 'administrator' and u.role is distinct from 'administrator'
           or u.role = 'administrator' and l.person ->> 'email' is distinct from u.email)) as changes`,
      [tenant.id, id],
    ),
  );
  return row?.changes ?? false;
}
