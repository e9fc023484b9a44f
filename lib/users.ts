import { and, asc, eq, ilike, or, type SQL, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { totpSecrets } from '@/db/schema/second-factor';
import { throttles } from '@/db/schema/sign-in';
import { passwords, users } from '@/db/schema/users';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { hashPassword } from '@/lib/credentials/hashing';
import { failure } from '@/lib/result';
import type { Locale, Tenant } from '@/lib/tenants/tenants';

const USERNAME = /^[a-z][a-z0-9._@+-]{1,63}$/;
const EXTENSION = /^\d{2,10}$/;

/** One address, in a form that mail servers take without quoting; anything cleverer is refused. */
export function isEmail(text: string) {
  return text.length <= 254 && /^[a-z0-9._%+'-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text);
}

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

/** Promises a new user. Fails with `username`, `extension` or `email` where one is malformed, and `taken`. */
export async function createUser(tenant: Tenant, input: NewUser, cause: Cause) {
  const { password, ...person } = { ...input, username: input.username.trim().toLowerCase() };
  if (!USERNAME.test(person.username)) return failure('username', { field: 'username' });
  if (person.extension && !EXTENSION.test(person.extension)) return failure('extension', { field: 'extension' });
  if (person.email && !isEmail(person.email)) return failure('email', { field: 'email' });
  const hash = password && (await hashPassword(password));
  return withTenant(tenant.id, async (tx) => {
    const id = await addUser(tx, tenant.id, person, cause);
    if (!id) return failure('taken', { field: 'username' });
    if (hash) await tx.insert(passwords).values({ tenantId: tenant.id, userId: id, hash });
    return { ok: true, id } as const;
  });
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

/** A user as an administrator sees one. */
const LISTED = {
  id: users.id,
  username: users.username,
  extension: users.extension,
  firstName: users.firstName,
  lastName: users.lastName,
  email: users.email,
  role: users.role,
  status: users.status,
  emergency: users.emergency,
  lastSignInAt: users.lastSignInAt,
  lastSignInAddress: users.lastSignInAddress,
  createdAt: users.createdAt,
  secondFactor: sql<boolean>`exists (select from ${totpSecrets} where ${totpSecrets.tenantId} = ${users.tenantId} and ${totpSecrets.userId} = ${users.id})`,
  locked: sql<boolean>`exists (select from ${throttles} where ${throttles.tenantId} = ${users.tenantId} and ${throttles.userId} = ${users.id} and ${throttles.lockedUntil} > now())`,
};

/** Promises one page of users by name, from behind `after`, and how many match in all. */
export async function listUsers(
  tenant: Tenant,
  { q = '', after, limit = 50 }: { q?: string; after?: string; limit?: number },
) {
  const matching = and(eq(users.tenantId, tenant.id), matches(q));
  return withTenant(tenant.id, async (tx) => {
    const [page, total] = await Promise.all([
      tx
        .select(LISTED)
        .from(users)
        .where(and(matching, behind(after)))
        .orderBy(asc(users.lastName), asc(users.firstName), asc(sql`${users.id}::text`))
        .limit(limit + 1),
      tx.$count(users, matching),
    ]);
    const shown = page.slice(0, limit);
    const last = shown.at(-1);
    return { users: shown, total, next: page.length > limit && last ? keyOf(last) : undefined };
  });
}

/** Promises one user of this tenant, or undefined: also for an id that is none or belongs elsewhere. */
export async function findUser(tenant: Tenant, id: string) {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined;
  const [user] = await withTenant(tenant.id, (tx) =>
    tx
      .select(LISTED)
      .from(users)
      .where(and(eq(users.tenantId, tenant.id), eq(users.id, id))),
  );
  return user;
}

function matches(q: string): SQL | undefined {
  const text = q.trim().slice(0, 100);
  if (!text) return undefined;
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return or(
    ilike(users.username, pattern),
    ilike(users.extension, pattern),
    ilike(users.email, pattern),
    ilike(sql`${users.firstName} || ' ' || ${users.lastName}`, pattern),
  );
}

/** The place in the list behind which a page begins: names and id, as one opaque word in the address. */
function keyOf(user: { lastName: string; firstName: string; id: string }) {
  return Buffer.from(JSON.stringify([user.lastName, user.firstName, user.id])).toString('base64url');
}

function behind(after: string | undefined) {
  if (!after) return undefined;
  try {
    const [lastName, firstName, id] = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
    if (![lastName, firstName, id].every((part) => typeof part === 'string' && !part.includes('\0'))) return undefined;
    return sql`(${users.lastName}, ${users.firstName}, ${users.id}::text) > (${lastName}, ${firstName}, ${id})`;
  } catch {
    return undefined;
  }
}
