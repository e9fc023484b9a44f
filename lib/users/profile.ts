import { withTenant } from '@/db';
import { isUser, users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { conflictWith, type Saved } from '@/lib/forms/version';
import { storableZone } from '@/lib/language/known-zones';
import type { Locale } from '@/lib/language/locale';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkName } from '@/lib/users/form';

/**
 * Changes a user's own name, language and time zone. Fails at the field with `time-zone` or `name`,
 * and with `edit-conflict`.
 */
export async function updateProfile(tenant: Tenant, userId: string, input: Profile, cause: Cause, version?: string) {
  const misnamed = checkName(input.firstName, 'firstName') ?? checkName(input.lastName, 'lastName');
  if (misnamed) return misnamed;
  const timeZone = input.timeZone === null ? null : await storableZone(input.timeZone);
  if (timeZone === undefined) return failure('time-zone', { field: 'timeZone' });
  return withTenant(tenant.id, async (tx) => {
    const isOwn = isUser(tenant.id, userId);
    const [now] = await tx.select().from(users).where(isOwn).for('update');
    const conflict = now && conflictWith(savedProfile(now), version);
    if (conflict) return conflict;
    await tx
      .update(users)
      .set({ ...input, timeZone })
      .where(isOwn);
    const detail = { what: 'profile', ...changesBetween(now, { ...input, timeZone }) };
    record(tx, tenant.id, cause, 'user_update', { subjectId: userId, detail });
    return { ok: true } as const;
  });
}

type Profile = { firstName: string; lastName: string; locale: Locale | null; timeZone: string | null };

/**
 * Returns what the form of a profile shows of what is saved; language and time zone only where the
 * user chose them. Pure.
 */
export function savedProfile({ firstName, lastName, locale, timeZone }: Profile): Saved {
  return { firstName, lastName, ...(locale && { locale }), ...(timeZone && { timeZone }) };
}

/** Keeps the language that a signed-in user selects on a page. */
export async function chooseLanguage(tenant: Tenant, userId: string, locale: Locale, cause: Cause) {
  await withTenant(tenant.id, async (tx) => {
    const isOwn = isUser(tenant.id, userId);
    const [now] = await tx.select({ locale: users.locale }).from(users).where(isOwn).for('update');
    if (!now || now.locale === locale) return;
    await tx.update(users).set({ locale }).where(isOwn);
    const detail = { what: 'profile', ...changesBetween(now, { locale }) };
    record(tx, tenant.id, { ...cause, actorId: userId }, 'user_update', { subjectId: userId, detail });
  });
}
