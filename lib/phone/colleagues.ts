import { sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import type { Colleagues } from '@/lib/phone/wire';
import type { Tenant } from '@/lib/tenants/tenants';
import { narrow } from '@/lib/users/narrow';

const A_PAGE = 20;

/**
 * Returns one page, from 1, of the active users with an extension, except `userId`, by name. Each
 * word of `q` must begin a word of the name or the extension.
 */
export async function findColleagues(
  tenant: Pick<Tenant, 'id'>,
  userId: string,
  { q, page }: { q: string; page: number },
): Promise<Colleagues> {
  const rows = await withTenant(tenant.id, async (tx) => {
    const { ids, test } = await narrow(tx, tenant.id, { q, directory: true });
    return tx.execute<{ name: string; extension: string }>(sql`
      select u.first_name || ' ' || u.last_name as name, u.extension from users u
      where u.tenant_id = ${tenant.id} and u.status = 'active' and u.extension is not null and u.id <> ${userId}::uuid
        ${ids ? sql`and u.id = any (array(${ids}))` : sql``} ${test(sql`u.id`)}
      order by u.sort_name, u.id limit ${A_PAGE + 1} offset ${(page - 1) * A_PAGE}`);
  });
  return {
    people: rows.slice(0, A_PAGE).map(({ name, extension }) => ({ name, extension })),
    more: rows.length > A_PAGE,
  };
}
