import { sql } from 'drizzle-orm';
import { totpSecrets } from '@/db/schema/second-factor';
import { throttles } from '@/db/schema/sign-in';
import { invitations } from '@/db/schema/user-administration';
import { lastSignIns, passwords, users } from '@/db/schema/users';
import { LIFETIMES } from '@/lib/lifetimes';
import { inSeconds } from '@/lib/time';

const FROM_LAST_SIGN_IN = sql`from last_sign_ins s where s.tenant_id = users.tenant_id and s.user_id = users.id`;

/** Time and address of the last sign-in, null where never; for a statement on `users`. */
export const LAST_SIGN_IN = {
  lastSignInAt: sql<Date | null>`(select nullif(s.at, '-infinity') ${FROM_LAST_SIGN_IN})`.mapWith(lastSignIns.at),
  lastSignInAddress: sql<string | null>`(select s.address ${FROM_LAST_SIGN_IN})`,
};

/** What administrators see of a user. */
export const USER_COLUMNS = {
  id: users.id,
  username: users.username,
  extension: users.extension,
  firstName: users.firstName,
  lastName: users.lastName,
  email: users.email,
  role: users.role,
  status: users.status,
  locale: users.locale,
  emergency: users.emergency,
  version: users.version,
  secondFactorRequired: users.secondFactorRequired,
  ...LAST_SIGN_IN,
  createdAt: users.createdAt,
  secondFactor: sql<boolean>`exists (select from ${totpSecrets} where ${totpSecrets.tenantId} = ${users.tenantId} and ${totpSecrets.userId} = ${users.id})`,
  locked: sql<boolean>`exists (select from ${throttles} where ${throttles.tenantId} = ${users.tenantId} and ${throttles.userId} = ${users.id} and ${throttles.lockedUntil} > now())`,
  hasPassword: sql<boolean>`exists (select from ${passwords} where ${passwords.tenantId} = ${users.tenantId} and ${passwords.userId} = ${users.id})`,
  invited: sql<boolean>`exists (select from ${invitations} where ${invitations.tenantId} = ${users.tenantId} and ${invitations.userId} = ${users.id} and coalesce(${invitations.sentAt}, ${invitations.createdAt}) > now() - make_interval(secs => ${inSeconds(LIFETIMES.invitation)}))`,
  /** Another user has the same address: single sign-on cannot tell them apart. */
  emailShared: sql<boolean>`exists (select from users o where o.tenant_id = users.tenant_id and o.email_key = users.email_key and o.id <> users.id)`,
};
