import { statementIn, type Tx, withTenant } from '@/db';
import { isUser, passwords, users } from '@/db/schema/users';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import type { Locale } from '@/lib/language/locale';
import { hashPassword } from '@/lib/passwords/hashing';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { USER_COLUMNS } from '@/lib/users/columns';
import { checkName, isEmail, isExtension, isUsername } from '@/lib/users/form';
import { lockRemainingUsers } from '@/lib/users/user-limit';

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
    if (person.status !== 'disabled' && (await lockRemainingUsers(tx, tenant.id)) < 1) return failure('user-limit');
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

export type ListedUser = NonNullable<Awaited<ReturnType<typeof findUser>>>;

/** Promises one user of this tenant, or undefined: also for an id that is none or belongs elsewhere. */
export async function findUser(tenant: Tenant, text: string) {
  const id = readId(text);
  if (!id) return undefined;
  const [user] = await withTenant(tenant.id, (tx) => tx.select(USER_COLUMNS).from(users).where(isUser(tenant.id, id)));
  return user;
}
