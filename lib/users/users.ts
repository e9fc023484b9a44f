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
 * where one is malformed, with `taken` where another user has it, and with `user-limit` where the
 * tenant has as many active users as its operator allows.
 */
export async function createUser(tenant: Tenant, input: NewUser, cause: Cause) {
  const { password, ...user } = { ...input, username: input.username.trim().toLowerCase() };
  const form = checkUser(user);
  if (!form.ok) return form;
  const hash = password && (await hashPassword(password));
  return withTenant(tenant.id, async (tx) => {
    if (user.status !== 'disabled' && (await lockRemainingUsers(tx, tenant.id)) < 1) return failure('user-limit');
    const duplicate = await findDuplicateField(tx, tenant.id, user);
    if (duplicate) return failure('taken', { field: duplicate });
    const id = await addUser(tx, tenant.id, user, cause);
    if (!id) return failure('taken', { field: 'username' });
    if (hash) await tx.insert(passwords).values({ tenantId: tenant.id, userId: id, hash });
    return { ok: true, id } as const;
  });
}

/** Checks the details of a user. Fails at the first field that is malformed. */
export function checkUser(user: Pick<NewUser, 'username' | 'extension' | 'firstName' | 'lastName' | 'email'>) {
  const misnamed = checkName(user.firstName, 'firstName') ?? checkName(user.lastName, 'lastName');
  if (misnamed) return misnamed;
  if (!isUsername(user.username)) return failure('username', { field: 'username' });
  if (user.extension && !isExtension(user.extension)) return failure('extension', { field: 'extension' });
  if (user.email && !isEmail(user.email)) return failure('email', { field: 'email' });
  return { ok: true } as const;
}

/** Returns which of username and extension a user other than `exceptId` has, or undefined. */
export async function findDuplicateField(
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
 * Creates a user with checked details. Returns the id, or undefined where username or extension are
 * taken.
 */
export async function addUser(
  tx: Tx,
  tenantId: string,
  user: Omit<NewUser, 'password'>,
  cause: Cause,
  detail: AuditDetail = {},
) {
  const [row] = await tx
    .insert(users)
    .values({ tenantId, ...user })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (!row) return undefined;
  record(tx, tenantId, cause, 'user_create', {
    subjectId: row.id,
    detail: { role: user.role ?? 'agent', ...detail },
  });
  return row.id;
}

export type ListedUser = NonNullable<Awaited<ReturnType<typeof findUser>>>;

/** Returns one user of this tenant; undefined for any other id. */
export async function findUser(tenant: Tenant, text: string) {
  const id = readId(text);
  if (!id) return undefined;
  const [user] = await withTenant(tenant.id, (tx) => tx.select(USER_COLUMNS).from(users).where(isUser(tenant.id, id)));
  return user;
}
