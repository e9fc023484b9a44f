import { statement, withTenant } from '@/db';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import type { Tenant } from '@/lib/tenants/tenants';

const WINDOW_SECONDS = 600;
/**
 * Refusals of one user or address recorded one by one in ten minutes; then only the 11th, 100th,
 * 1,000th and so on.
 */
const RECORDED = 10;

/** Records a refused request. Repeated refusals are counted and summarized in few events. */
export async function recordRefusal(tenant: Pick<Tenant, 'id'>, cause: Cause, what: string, subjectId?: string) {
  const count = await countRefusal(`refusal|${tenant.id}|${cause.actorId ?? subjectId ?? cause.address}`);
  if (count > RECORDED + 1 && !/^10+$/.test(String(count))) return;
  const detail: AuditDetail = { what, ...(count > RECORDED && { count }) };
  await withTenant(tenant.id, async (tx) => record(tx, tenant.id, cause, 'authz_fail', { subjectId, detail }));
}

async function countRefusal(key: string) {
  const [row] = await statement<{ count: number }>(
    `insert into volume_limits as v (key, "window", count)
     values ($1, floor(extract(epoch from now()) / ${WINDOW_SECONDS}) * ${WINDOW_SECONDS}, 1)
     on conflict (key, "window") do update set count = v.count + 1 returning count::int`,
    [key],
  );
  return row?.count ?? 1;
}
