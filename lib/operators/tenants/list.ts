import { and, asc, eq, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import { statement, withoutTenant } from '@/db';
import { tenants } from '@/db/schema/tenants';
import { readId } from '@/lib/ids';
import { plainText } from '@/lib/text';

export const TENANT_STATES = ['active', 'suspended', 'deleting'] as const;

export type TenantState = (typeof TENANT_STATES)[number];

/** A tenant as its operators see it: its settings, and nothing of its inside. */
export type ManagedTenant = typeof tenants.$inferSelect;

/**
 * Returns a page of tenants by name after `after`, with their user counts and the total of matches.
 */
export async function listTenants({
  q = '',
  state,
  after,
  limit = 25,
}: {
  q?: string;
  state?: TenantState;
  after?: string;
  limit?: number;
}) {
  const matching = and(matches(q), isIn(state));
  const [page, total] = await withoutTenant((db) =>
    Promise.all([
      db
        .select()
        .from(tenants)
        .where(and(matching, behind(after)))
        .orderBy(asc(sql`lower(${tenants.name})`), asc(tenants.id))
        .limit(limit + 1),
      db.$count(tenants, matching),
    ]),
  );
  const shown = page.slice(0, limit);
  const counts = await countUsers(shown.map(({ id }) => id));
  const last = shown.at(-1);
  return {
    tenants: shown.map((tenant) => ({ ...tenant, users: counts.get(tenant.id)?.active ?? 0 })),
    total,
    next: page.length > limit && last ? keyOf(last) : undefined,
  };
}

/** Returns one tenant with its user counts, or undefined. */
export async function findManagedTenant(asked: string) {
  const id = readId(asked);
  if (!id) return undefined;
  const [tenant] = await withoutTenant((db) => db.select().from(tenants).where(eq(tenants.id, id)));
  if (!tenant) return undefined;
  return { ...tenant, users: (await countUsers([tenant.id])).get(tenant.id) ?? { active: 0, disabled: 0 } };
}

/** In which state a tenant is, as the console shows it. Pure. */
export function stateOf(tenant: Pick<ManagedTenant, 'status' | 'deleteAfter'>): TenantState {
  return tenant.deleteAfter ? 'deleting' : tenant.status;
}

/** Returns the number of active and disabled users of each of these tenants. */
async function countUsers(ids: string[]) {
  const rows = await statement<{ tenant_id: string; active: string; disabled: string }>(
    'select * from count_users($1::uuid[])',
    [`{${ids.join(',')}}`],
  );
  return new Map(
    rows.map((row) => [row.tenant_id, { active: Number(row.active), disabled: Number(row.disabled) }] as const),
  );
}

function matches(q: string): SQL | undefined {
  const text = plainText(q.trim(), 100);
  if (!text) return undefined;
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return or(
    sql`lower(${tenants.name}) like ${pattern}`,
    sql`${tenants.slug} like ${pattern}`,
    sql`${tenants.domain} like ${pattern}`,
  );
}

function isIn(state: TenantState | undefined) {
  if (state === 'deleting') return isNotNull(tenants.deleteAfter);
  return state && and(eq(tenants.status, state), sql`${tenants.deleteAfter} is null`);
}

/** The place in the list behind which a page begins, as one opaque word in the address. */
function keyOf(tenant: { name: string; id: string }) {
  return Buffer.from(JSON.stringify([tenant.name, tenant.id])).toString('base64url');
}

function behind(after: string | undefined) {
  if (!after) return undefined;
  try {
    const [name, id] = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
    if (typeof name !== 'string' || name.includes('\0') || !readId(id)) return undefined;
    return sql`(lower(${tenants.name}), ${tenants.id}) > (lower(${name}), ${id}::uuid)`;
  } catch {
    return undefined;
  }
}
