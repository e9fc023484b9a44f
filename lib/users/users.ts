import { and, eq, sql } from 'drizzle-orm';
import { statementIn, type Tx, withTenant } from '@/db';
import { invitations } from '@/db/schema/people';
import { totpSecrets } from '@/db/schema/second-factor';
import { throttles } from '@/db/schema/sign-in';
import { isUser, lastSignIns, passwords, users } from '@/db/schema/users';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import type { Locale } from '@/lib/language/locale';
import { LIFETIMES } from '@/lib/lifetimes';
import { hashPassword } from '@/lib/passwords/hashing';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { inSeconds } from '@/lib/time';
import { checkName, isEmail, isExtension, isUsername } from '@/lib/users/form';

export type NewUser = {
  username: string;
  extension?: string | null;
  firstName: string;
  lastName: string;
  email?: string | null;
  role?: 'agent' | 'administrator';
  status?: 'active' | 'disabled';
  locale?: Locale | null;
  password?: string;
};

/**
 * Creates a user. Fails at a field with `username`, `extension`, `email`, `name` or `name-link`
 * where one is malformed, with `taken` where somebody else has it, and with `user-limit` where the
 * tenant has as many active users as its operator allows.
 */
export async function createUser(tenant: Tenant, input: NewUser, cause: Cause) {
  const { password, ...person } = { ...input, username: input.username.trim().toLowerCase() };
  const form = checkUser(person);
  if (!form.ok) return form;
  const hash = password && (await hashPassword(password));
  return withTenant(tenant.id, async (tx) => {
    if (person.status !== 'disabled' && (await roomFor(tx, tenant.id)) < 1) return failure('user-limit');
    const taken = await takenField(tx, tenant.id, person);
    if (taken) return failure('taken', { field: taken });
    const id = await addUser(tx, tenant.id, person, cause);
    if (!id) return failure('taken', { field: 'username' });
    if (hash) await tx.insert(passwords).values({ tenantId: tenant.id, userId: id, hash });
    return { ok: true, id } as const;
  });
}

/** Promises whether what is written of a person has its form; fails at the first field that has not. Pure. */
export function checkUser(person: Pick<NewUser, 'username' | 'extension' | 'firstName' | 'lastName' | 'email'>) {
  const misnamed = checkName(person.firstName, 'firstName') ?? checkName(person.lastName, 'lastName');
  if (misnamed) return misnamed;
  if (!isUsername(person.username)) return failure('username', { field: 'username' });
  if (person.extension && !isExtension(person.extension)) return failure('extension', { field: 'extension' });
  if (person.email && !isEmail(person.email)) return failure('email', { field: 'email' });
  return { ok: true } as const;
}

/** Promises which of username and extension somebody other than `exceptId` has, or undefined. */
export async function takenField(
  tx: Tx,
  tenantId: string,
  { username, extension }: { username: string; extension?: string | null },
  exceptId: string | null = null,
) {
  const [row] = await statementIn<{ field: 'username' | 'extension' }>(
    tx,
    `select case when username = $2 then 'username' else 'extension' end as field from users
     where tenant_id = $1::uuid and (username = $2 or extension = $3) and ($4::uuid is null or id <> $4::uuid)
     order by username = $2 desc limit 1`,
    [tenantId, username, extension ?? null, exceptId],
  );
  return row?.field;
}

/**
 * Promises how many more active users there may be, Infinity without a limit. Until this transaction ends nobody changes
 * the limit, and where there is one, nobody else adds a user.
 */
export async function roomFor(tx: Tx, tenantId: string) {
  await lock(tx, 'pg_advisory_xact_lock_shared', 'users of', tenantId);
  const most = await limitOf(tx, tenantId);
  if (most === null) return Number.POSITIVE_INFINITY;
  await lock(tx, 'pg_advisory_xact_lock', 'places of', tenantId);
  return most - (await countActive(tx, tenantId));
}

/** The same for somebody who only looks: it keeps nobody from anything. */
export async function roomNow(tx: Tx, tenantId: string) {
  const most = await limitOf(tx, tenantId);
  return most === null ? Number.POSITIVE_INFINITY : most - (await countActive(tx, tenantId));
}

/** For whoever changes the limit: promises how many active users there are, and that nobody adds one until this transaction ends. */
export async function holdActive(tx: Tx, tenantId: string) {
  await lock(tx, 'pg_advisory_xact_lock', 'users of', tenantId);
  return countActive(tx, tenantId);
}

/** Two of them: who adds a user shares the first with all others who do, so that without a limit nobody waits. */
async function lock(
  tx: Tx,
  how: 'pg_advisory_xact_lock' | 'pg_advisory_xact_lock_shared',
  what: 'users of' | 'places of',
  tenantId: string,
) {
  await statementIn(tx, `select ${how}(hashtextextended($1::text || ' ' || $2::text, 0))`, [what, tenantId]);
}

function countActive(tx: Tx, tenantId: string) {
  return tx.$count(users, and(eq(users.tenantId, tenantId), eq(users.status, 'active')));
}

async function limitOf(tx: Tx, tenantId: string) {
  const [tenant] = await statementIn<{ most: number | null }>(
    tx,
    'select user_limit as most from tenants where id = $1::uuid',
    [tenantId],
  );
  return tenant?.most ?? null;
}

/** Adds a user, whose form has been checked, within another change. Promises the id, or undefined where the name is taken. */
export async function addUser(
  tx: Tx,
  tenantId: string,
  person: Omit<NewUser, 'password'>,
  cause: Cause,
  detail: AuditDetail = {},
) {
  const [user] = await tx
    .insert(users)
    .values({ tenantId, ...person })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (!user) return undefined;
  await record(tx, tenantId, cause, 'user_create', {
    subjectId: user.id,
    detail: { role: person.role ?? 'agent', ...detail },
  });
  return user.id;
}

const FROM_LAST_SIGN_IN = sql`from last_sign_ins s where s.tenant_id = users.tenant_id and s.user_id = users.id`;

/** When and from where a user signed in last, null where never: for a statement on `users`. */
export const LAST_SIGN_IN = {
  lastSignInAt: sql<Date | null>`(select nullif(s.at, '-infinity') ${FROM_LAST_SIGN_IN})`.mapWith(lastSignIns.at),
  lastSignInAddress: sql<string | null>`(select s.address ${FROM_LAST_SIGN_IN})`,
};

/** A user as an administrator sees one. */
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
  /** Somebody else here has the same address: single sign-on cannot tell them apart. */
  emailShared: sql<boolean>`exists (select from users o where o.tenant_id = users.tenant_id and o.email_key = users.email_key and o.id <> users.id)`,
};

export type ListedUser = NonNullable<Awaited<ReturnType<typeof findUser>>>;

/** Promises one user of this tenant, or undefined: also for an id that is none or belongs elsewhere. */
export async function findUser(tenant: Tenant, text: string) {
  const id = readId(text);
  if (!id) return undefined;
  const [user] = await withTenant(tenant.id, (tx) => tx.select(USER_COLUMNS).from(users).where(isUser(tenant.id, id)));
  return user;
}
