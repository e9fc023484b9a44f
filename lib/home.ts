import { statement } from '@/db';
import type { Tenant } from '@/lib/tenants/tenants';

type Seen = { at: string | null; address: string | null; hasEmail: boolean; secondFactor: boolean; codesLeft: number };

/** Promises what Home tells a person: his sign-in before this one, and what of his account could be mended. One statement. */
export async function overview(tenant: Tenant, userId: string) {
  const [row] = await statement<{ seen: Seen | null }>('select home_overview($1::uuid, $2::uuid) as seen', [
    tenant.id,
    userId,
  ]);
  if (!row?.seen) throw new Error('a session of nobody');
  const { at, address, ...seen } = row.seen;
  return { ...seen, previousSignIn: at ? { at: new Date(at), address } : null };
}
