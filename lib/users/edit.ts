import { codeOf, type Tx, withTenant } from '@/db';
import { isUser, users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { readId } from '@/lib/ids';
import type { Locale } from '@/lib/language/locale';
import { invalidateLinks } from '@/lib/passwords/set';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkUser, findDuplicateField } from '@/lib/users/users';

/** What the edit form changes of a user; role and status have actions of their own. */
export type Details = {
  firstName: string;
  lastName: string;
  username: string;
  extension: string | null;
  email: string | null;
  locale: Locale | null;
};

const DETAILS = ['firstName', 'lastName', 'username', 'extension', 'email', 'locale'] as const;

/**
 * Changes a user's details if they are still at `version`. Fails with `not-found`; with
 * `edit-conflict`, the saved version and details; at a field as createUser does. Changing the
 * address invalidates links mailed to the old one, which is notified.
 */
export async function editUser(tenant: Tenant, id: string, version: number, input: Details, cause: Cause) {
  const userId = readId(id);
  if (!userId) return failure('not-found');
  const details = { ...input, username: input.username.trim().toLowerCase() };
  return withTenant(tenant.id, async (tx) => {
    const now = await lockDetails(tx, tenant.id, userId);
    if (!now) return failure('not-found');
    const { version: newest, ...saved } = now;
    if (newest !== version) return failure('edit-conflict', { version: newest, saved });
    const form = checkUser(details);
    if (!form.ok) return form;
    const changed = DETAILS.filter((name) => saved[name] !== details[name]);
    if (changed.length === 0) return { ok: true, changed } as const;
    const duplicate = await findDuplicateField(tx, tenant.id, details, userId);
    if (duplicate) return failure('taken', { field: duplicate });
    await tx.update(users).set(details).where(isUser(tenant.id, userId));
    if (changed.includes('email')) await notifyOldAddress(tx, tenant.id, userId, saved.email);
    record(tx, tenant.id, cause, 'user_update', {
      subjectId: userId,
      detail: { what: 'details', fields: changed.join(' '), ...changesBetween(saved, details) },
    });
    return { ok: true, changed } as const;
  }).catch((error) => {
    // Another user took the name or extension between the check and the update.
    if (codeOf(error) === '23505') return failure('taken', { field: 'username' });
    throw error;
  });
}

/** Invalidates links mailed to the old address and notifies it. */
async function notifyOldAddress(tx: Tx, tenantId: string, userId: string, oldAddress: string | null) {
  await invalidateLinks(tx, tenantId, userId);
  if (!oldAddress) return;
  const mail = { kind: 'email-changed', at: new Date().toISOString() } as const;
  await queueMail(tx, { tenantId, userId, mail, to: oldAddress });
}

async function lockDetails(tx: Tx, tenantId: string, userId: string) {
  const [row] = await tx
    .select({
      version: users.version,
      firstName: users.firstName,
      lastName: users.lastName,
      username: users.username,
      extension: users.extension,
      email: users.email,
      locale: users.locale,
    })
    .from(users)
    .where(isUser(tenantId, userId))
    .for('update');
  return row;
}
