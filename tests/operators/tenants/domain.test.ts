import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { proofOf, proveDomain, requestDomain } from '@/lib/operators/tenants/domain';
import { findManagedTenant, type ManagedTenant } from '@/lib/operators/tenants/list';
import { eventsOf } from '@/tests/support/audit';
import { type NameServer, startNameServer, type Zone } from '@/tests/support/name-server';
import { newTenant } from '@/tests/support/users';

/** The proof of a domain as the DNS itself gives it, from a name server on this machine. */

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
const zone: Zone = {};
let server: NameServer;

beforeAll(async () => {
  server = await startNameServer(zone);
  process.env.DNS_SERVERS = server.address;
});

afterAll(() => server.stop());

test('a domain is proved by its own record alone, whole or in pieces, among others', async () => {
  const { tenant, name, value } = await waiting('portal.copper.example');
  const prove = async () => proveDomain(await again(tenant), cause);
  expect(await prove()).toMatchObject({ error: 'domain-unproved' });
  for (const records of [
    'no-data' as const,
    [['v=spf1 -all']],
    [[value.slice(0, -1)]],
    [[`${value}x`]],
    [['gatehouse-domain='], [value.split('=')[1] ?? '']],
  ]) {
    zone[name] = records;
    expect([records, await prove()]).toMatchObject([records, { error: 'domain-unproved' }]);
  }
  zone[name] = [['v=spf1 -all'], [value.slice(0, 20), value.slice(20)]];
  expect(await prove()).toMatchObject({ ok: true, domain: 'portal.copper.example' });
  expect(await again(tenant)).toMatchObject({ domain: 'portal.copper.example', pendingDomain: null });
  expect(new Set(server.asked)).toEqual(new Set([name]));
  expect((await eventsOf(tenant, 'tenant_domain')).map(({ detail }) => detail.state)).toEqual(['asked', 'proved']);
});

test('name servers that fail or do not answer are distinguished from a missing record', async () => {
  const { tenant, name } = await waiting('portal.silent.example');
  zone[name] = 'servfail';
  expect(await proveDomain(await again(tenant), cause)).toMatchObject({ error: 'dns-unreachable' });
  zone[name] = 'silent';
  const started = performance.now();
  expect(await proveDomain(await again(tenant), cause)).toMatchObject({ error: 'dns-unreachable' });
  expect(performance.now() - started).toBeLessThan(12_000);
  expect(await again(tenant)).toMatchObject({ domain: null, pendingDomain: 'portal.silent.example' });
});

test('a record of another tenant’s proof proves nothing', async () => {
  const [one, two] = [await waiting('shared.copper.example'), await waiting('shared.copper.example')];
  expect(one.name).toBe(two.name);
  zone[one.name] = [[one.value]];
  expect(await proveDomain(await again(two.tenant), cause)).toMatchObject({ error: 'domain-unproved' });
  expect(await proveDomain(await again(one.tenant), cause)).toMatchObject({ ok: true });
  zone[one.name] = [[two.value]];
  expect(await proveDomain(await again(two.tenant), cause)).toMatchObject({ error: 'domain-taken' });
});

/** Returns a tenant that waits for the proof of a domain, and the record that would be it. */
async function waiting(domain: string) {
  const tenant = await newTenant();
  expect(await requestDomain(tenant.id, domain, cause)).toEqual({ ok: true });
  const proof = proofOf(await again(tenant));
  if (!proof) throw new Error('nothing to be proved');
  return { tenant, ...proof };
}

async function again({ id }: { id: string }): Promise<ManagedTenant> {
  const tenant = await findManagedTenant(id);
  if (!tenant) throw new Error('no such tenant');
  return tenant;
}
