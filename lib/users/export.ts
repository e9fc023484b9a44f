import { withTenant } from '@/db';
import { type Cause, record } from '@/lib/audit/record';
import { csvLine } from '@/lib/csv';
import type { Tenant } from '@/lib/tenants/tenants';
import type { Filter } from '@/lib/users/filters';
import { listUsers } from '@/lib/users/list';

const PER_PAGE = 500;

const EXPORTED = [
  'username',
  'extension',
  'first_name',
  'last_name',
  'email',
  'role',
  'language',
  'status',
  'second_factor',
  'last_sign_in',
] as const;

/**
 * Yields the matching users as CSV, 500 at a time, with formulas escaped. Records the export first.
 */
export async function* exportUsers(tenant: Tenant, filter: Filter, cause: Cause): AsyncGenerator<string> {
  await withTenant(tenant.id, async (tx) =>
    record(tx, tenant.id, cause, 'users_export', { detail: { filtered: Object.values(filter).some(Boolean) } }),
  );
  // Spreadsheets need a byte order mark to read UTF-8.
  yield `\ufeff${csvLine(EXPORTED)}`;
  let after: string | undefined;
  do {
    const { users, next } = await listUsers(tenant, { ...filter, after, limit: PER_PAGE });
    const lines = users.map((user) =>
      csvLine([
        user.username,
        user.extension ?? '',
        user.firstName,
        user.lastName,
        user.email ?? '',
        user.role,
        user.locale ?? '',
        user.status,
        user.secondFactor ? 'on' : 'off',
        user.lastSignInAt?.toISOString() ?? '',
      ]),
    );
    if (lines.length > 0) yield lines.join('');
    after = next;
  } while (after);
}
