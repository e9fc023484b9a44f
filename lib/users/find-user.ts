import { statementIn, withTenant } from '@/db';
import type { Tenant } from '@/lib/tenants/tenants';
import { plainText } from '@/lib/text';

/** Returns the user with a typed username or extension, or undefined. */
export async function findUserByName(tenant: Tenant, text: string) {
  const wanted = plainText(text.trim().toLowerCase(), 320);
  if (!wanted) return undefined;
  const [user] = await withTenant(tenant.id, (tx) =>
    statementIn<{ id: string; name: string }>(
      tx,
      `select id, first_name || ' ' || last_name as name from users where tenant_id = $1 and (username = $2 or extension = $2)`,
      [tenant.id, wanted],
    ),
  );
  return user;
}
