import { eq, sql } from 'drizzle-orm';
import { statement, type Tx, withTenant } from '@/db';
import { branding, brandLogos } from '@/db/schema/branding';
import { phoneSettings } from '@/db/schema/phone';
import { policies } from '@/db/schema/policies';
import { tenants } from '@/db/schema/tenants';
import type { Cause } from '@/lib/audit/record';
import {
  EXPORT_PAGE,
  type ExportPage,
  readCalls,
  readConnections,
  readEvents,
  readLinks,
  readUsers,
} from '@/lib/operators/tenants/export-rows';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Yields everything that a tenant holds as JSON Lines, each with its `kind`: tenant, policy,
 * branding, phone, user, connection, link, call, event. It has no password, secret or hash. Both
 * audit chains record the start. Once it is complete, a tenant that was suspended before it may be
 * deleted.
 */
export async function* exportTenant(tenant: Pick<Tenant, 'id' | 'accountId'>, cause: Cause): AsyncGenerator<string> {
  const settings = await readSettings(tenant, cause);
  if (!settings) return;
  yield line('tenant', settings.tenant);
  yield line('policy', settings.policy);
  if (settings.branding) yield line('branding', settings.branding);
  if (settings.phone) yield line('phone', settings.phone);
  yield* pages('user', (after) => readUsers(tenant, after));
  yield* pages('connection', (after) => readConnections(tenant, after));
  yield* pages('link', (after) => readLinks(tenant, after));
  yield* pages('call', (after) => readCalls(tenant, after));
  yield* pages('event', (after) => readEvents(tenant, after));
  await statement('select note_tenant_export($1, $2::text::timestamptz)', [tenant.id, settings.at]);
}

async function readSettings(tenant: Pick<Tenant, 'id' | 'accountId'>, cause: Cause) {
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx
      .select({
        id: tenants.id,
        accountId: tenants.accountId,
        name: tenants.name,
        domain: tenants.domain,
        status: tenants.status,
        locale: tenants.locale,
        timeZone: tenants.timeZone,
        entitlements: tenants.entitlements,
        userLimit: tenants.userLimit,
        createdAt: tenants.createdAt,
        exportedAt: sql<string>`clock_timestamp()::text`,
      })
      .from(tenants)
      .where(eq(tenants.id, tenant.id));
    if (!row) return undefined;
    const [policy] = await tx.select().from(policies).where(eq(policies.tenantId, tenant.id));
    const { tenantId: _, ...kept } = policy ?? { tenantId: '' };
    const shown = await brandingOf(tx, tenant.id);
    const phone = await phoneOf(tx, tenant.id);
    recordAtBoth(tx, tenant, cause, 'tenant_export');
    return { tenant: row, policy: kept, branding: shown, phone, at: row.exportedAt };
  });
}

/** Returns the branding, with the logo's PNG in base64. */
async function brandingOf(tx: Tx, tenantId: string) {
  const [row] = await tx
    .select({ branding, png: brandLogos.png })
    .from(branding)
    .leftJoin(brandLogos, eq(brandLogos.tenantId, branding.tenantId))
    .where(eq(branding.tenantId, tenantId));
  if (!row) return undefined;
  const { tenantId: _, ...rest } = row.branding;
  return { ...rest, logoPng: row.png?.toString('base64') ?? null };
}

async function phoneOf(tx: Tx, tenantId: string) {
  const [row] = await tx.select().from(phoneSettings).where(eq(phoneSettings.tenantId, tenantId));
  if (!row) return undefined;
  const { tenantId: _, sealedSecret, ...rest } = row;
  return { ...rest, hasSecret: sealedSecret !== null };
}

async function* pages(kind: string, read: (after: string | undefined) => Promise<ExportPage>) {
  let after: string | undefined;
  do {
    const page: ExportPage = await read(after);
    if (page.rows.length > 0) yield page.rows.map((row) => line(kind, row)).join('');
    after = page.rows.length === EXPORT_PAGE ? page.last : undefined;
  } while (after !== undefined);
}

function line(kind: string, row: object) {
  return `${JSON.stringify({ kind, ...row })}\n`;
}
