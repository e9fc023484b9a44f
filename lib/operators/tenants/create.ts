import { randomUUID } from 'node:crypto';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { mailFailure } from '@/lib/emails/limits';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import { judgeSettings, type TenantSettings } from '@/lib/operators/tenants/settings';
import { failure } from '@/lib/result';
import { addTenant, type NewTenant } from '@/lib/tenants/tenants';
import { checkName, isEmail, isUsername } from '@/lib/users/form';
import { mailInvitation } from '@/lib/users/invite';
import { addUser } from '@/lib/users/users';

type FirstAdministrator = { username: string; firstName: string; lastName: string; email: string };

/**
 * Opens a tenant with its first administrator, who is invited by mail; all of it or nothing. Fails
 * at a field with `account-id`, `taken`, `username`, `email` or `too-many-mails`, and as
 * judgeSettings does.
 */
export async function openTenant(
  {
    administrator,
    ...input
  }: Omit<NewTenant, 'domain' | 'policy'> & TenantSettings & { administrator: FirstAdministrator },
  cause: Cause,
) {
  const username = administrator.username.trim().toLowerCase();
  const verdict = await judgeSettings(input);
  if (!verdict.ok) return verdict;
  const { firstName, lastName } = administrator;
  const misnamed = checkName(firstName, 'firstName') ?? checkName(lastName, 'lastName');
  if (misnamed) return misnamed;
  if (!isUsername(username)) return failure('username', { field: 'username' });
  if (!isEmail(administrator.email)) return failure('email', { field: 'email' });
  const id = randomUUID();
  return withTenant(id, async (tx) => {
    const made = await addTenant(tx, id, { ...input, timeZone: verdict.timeZone });
    if (!made.ok) return made;
    const { tenant } = made;
    const person = { ...administrator, username, role: 'administrator' } as const;
    const userId = await addUser(tx, id, person, { ...cause, actorId: null }, { operator: true });
    if (!userId) throw new Error('a new tenant had a user already');
    await mailInvitation(tx, id, userId, cause);
    await recordAtBoth(tx, tenant, cause, 'tenant_create', {
      name: tenant.name,
      entitlements: tenant.entitlements.join(' '),
    });
    return { ok: true, tenant, userId } as const;
  }).catch(mailFailure('email'));
}
