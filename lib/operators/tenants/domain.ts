import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { and, eq } from 'drizzle-orm';
import { codeOf, withTenant } from '@/db';
import { tenants } from '@/db/schema/tenants';
import { changesBetween } from '@/lib/audit/changes';
import type { Cause } from '@/lib/audit/record';
import { env } from '@/lib/env';
import { conflictWith, type Saved } from '@/lib/forms/version';
import { asciiDomain } from '@/lib/network/ascii-domain';
import type { ManagedTenant } from '@/lib/operators/tenants/list';
import { recordAtBoth } from '@/lib/operators/tenants/record';
import { lockTenant } from '@/lib/operators/tenants/settings';
import { failure } from '@/lib/result';
import { parseHost } from '@/lib/tenants/host';
import { seconds } from '@/lib/time';

/** Looks up the TXT records of a name, each in its pieces. Rejects with a DNS code. */
type LookUp = (name: string) => Promise<string[][]>;

/** Returns the DNS record by which a domain's owner proves ownership. Pure. */
export function proofOf({ pendingDomain, domainProof }: Pick<ManagedTenant, 'pendingDomain' | 'domainProof'>) {
  if (!pendingDomain || !domainProof) return undefined;
  return { name: `_gatehouse.${pendingDomain}`, value: `gatehouse-domain=${domainProof}` };
}

/** Returns what the forms of the domain show of what is saved. Pure. */
export function savedDomain({ domain, pendingDomain }: Pick<ManagedTenant, 'domain' | 'pendingDomain'>): Saved {
  return { domain: pendingDomain ?? domain };
}

/**
 * Starts the proof of a tenant's own domain; the current address stays in use until then. Fails
 * with `domain`, `domain-taken` and `not-found`.
 */
export async function requestDomain(tenantId: string, typed: string, cause: Cause, version?: string) {
  const domain = parseDomain(typed);
  if (!domain) return failure('domain', { field: 'domain' });
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    const conflict = conflictWith(savedDomain(tenant), version);
    if (conflict) return conflict;
    const taken = await tx.$count(tenants, eq(tenants.domain, domain));
    if (taken > 0) return failure('domain-taken', { field: 'domain' });
    // Asked for again, the record that may be in the DNS already stays the right one.
    if (tenant.pendingDomain === domain && tenant.domainProof) return { ok: true } as const;
    await tx
      .update(tenants)
      .set({ pendingDomain: domain, domainProof: randomBytes(20).toString('hex') })
      .where(eq(tenants.id, tenantId));
    recordAtBoth(tx, tenant, cause, 'tenant_domain', {
      state: 'asked',
      name: domain,
      ...changesBetween(tenant, { pendingDomain: domain }),
    });
    return { ok: true } as const;
  });
}

/**
 * Asks the DNS for the proof, and makes the domain the tenant's address where it is there. Fails
 * with `domain-unproved`, `dns-unreachable` where no name server answers, `domain-taken` by another
 * tenant that was faster, and `not-found`.
 */
export async function proveDomain(tenant: ManagedTenant, cause: Cause, lookUp: LookUp = resolveDomain) {
  const proof = proofOf(tenant);
  if (!proof) return failure('not-found');
  const records = await lookUp(proof.name).catch((error) => {
    if (NO_RECORD.has(codeOf(error) ?? '')) return [];
    return undefined;
  });
  if (!records) return failure('dns-unreachable');
  if (!records.some((pieces) => pieces.join('').trim() === proof.value)) return failure('domain-unproved');
  const domain = tenant.pendingDomain ?? '';
  try {
    return await withTenant(tenant.id, async (tx) => {
      const changed = await tx
        .update(tenants)
        .set({ domain, pendingDomain: null, domainProof: null })
        .where(and(eq(tenants.id, tenant.id), eq(tenants.domainProof, tenant.domainProof ?? '')))
        .returning({ id: tenants.id });
      if (changed.length === 0) return failure('domain-unproved');
      recordAtBoth(tx, tenant, cause, 'tenant_domain', {
        state: 'proved',
        name: domain,
        ...changesBetween(tenant, { domain }),
      });
      return { ok: true, domain } as const;
    });
  } catch (error) {
    if (codeOf(error) === UNIQUE_VIOLATION) return failure('domain-taken');
    throw error;
  }
}

/** Removes a tenant's own domain and any that waits for its proof. Fails with `not-found`. */
export async function removeDomain(tenantId: string, cause: Cause, version?: string) {
  return withTenant(tenantId, async (tx) => {
    const tenant = await lockTenant(tx, tenantId);
    if (!tenant) return failure('not-found');
    const conflict = conflictWith(savedDomain(tenant), version);
    if (conflict) return conflict;
    if (!tenant.domain && !tenant.pendingDomain) return { ok: true } as const;
    await tx
      .update(tenants)
      .set({ domain: null, pendingDomain: null, domainProof: null })
      .where(eq(tenants.id, tenantId));
    recordAtBoth(tx, tenant, cause, 'tenant_domain', {
      state: 'removed',
      name: tenant.domain ?? tenant.pendingDomain ?? '',
      ...changesBetween(tenant, { domain: null, pendingDomain: null }),
    });
    return { ok: true } as const;
  });
}

/**
 * A name that browsers can reach and that is not ours to give: no address of the root domain, no
 * bare word, no number.
 */
function parseDomain(typed: string) {
  const name = typed.trim().toLowerCase().replace(/\.$/, '');
  const host = parseHost(asciiDomain(name), env().publicUrl);
  if (host.kind !== 'domain' || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host.domain)) return undefined;
  return /\.(localhost|local|internal|invalid|arpa|onion)$/.test(host.domain) ? undefined : host.domain;
}

const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA']);
const UNIQUE_VIOLATION = '23505';

/** The system's name servers, or those that the settings name; five seconds at most. */
async function resolveDomain(name: string) {
  const resolver = new Resolver({ timeout: seconds(2), tries: 2 });
  const { DNS_SERVERS } = env();
  if (DNS_SERVERS) resolver.setServers(DNS_SERVERS);
  return resolver.resolveTxt(name);
}
