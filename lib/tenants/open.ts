import { randomUUID } from 'node:crypto';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { queueMail } from '@/lib/emails/queue';
import { openReset } from '@/lib/password-reset/request';
import { failure } from '@/lib/result';
import { isPlainText } from '@/lib/tenants/plain-text';
import { recordAtBoth } from '@/lib/tenants/record';
import { judgeSettings, type TenantSettings } from '@/lib/tenants/settings';
import { addTenant, type NewTenant } from '@/lib/tenants/tenants';
import { addUser, isEmail } from '@/lib/users';

export type FirstAdministrator = { username: string; firstName: string; lastName: string; email: string };

const USERNAME = /^[a-z][a-z0-9._@+-]{1,63}$/;

/**
 * Opens a tenant with its first administrator, who is invited by mail; all of it or nothing. Fails at a field with
 * `account-id`, `taken`, `username` or `email`, and as judgeSettings does.
 */
export async function openTenant(
  {
    administrator,
    ...input
  }: Omit<NewTenant, 'domain' | 'policy'> & TenantSettings & { administrator: FirstAdministrator },
  cause: Cause,
) {
  const username = administrator.username.trim().toLowerCase();
  const verdict = judgeSettings(input);
  if (!verdict.ok) return verdict;
  for (const field of ['firstName', 'lastName'] as const) {
    if (!isPlainText(administrator[field])) return failure('unprintable', { field });
  }
  if (!USERNAME.test(username)) return failure('username', { field: 'username' });
  if (!isEmail(administrator.email)) return failure('email', { field: 'email' });
  const id = randomUUID();
  return withTenant(id, async (tx) => {
    const made = await addTenant(tx, id, input);
    if (!made.ok) return made;
    const { tenant } = made;
    const person = { ...administrator, username, role: 'administrator' } as const;
    const userId = await addUser(tx, id, person, { ...cause, actorId: null }, { operator: true });
    if (!userId) throw new Error('a new tenant had a user already');
    const resetId = await openReset(tx, id, userId, 'link');
    await queueMail(tx, { tenantId: id, userId, mail: { kind: 'administrator-reset', resetId } });
    await recordAtBoth(tx, tenant, cause, 'tenant_create', {
      name: tenant.name,
      entitlements: tenant.entitlements.join(' '),
    });
    return { ok: true, tenant, userId } as const;
  });
}
