import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { statement } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import { verifyAudit } from '@/lib/audit/verify';
import { NO_BRANDING } from '@/lib/branding/brand';
import { saveBranding } from '@/lib/branding/settings';
import { tenantActivity } from '@/lib/operators/tenants/activity';
import { createTenantWithInvitation } from '@/lib/operators/tenants/create';
import { cancelDeletion, deleteTenantsDue, orderDeletion } from '@/lib/operators/tenants/delete';
import { proofOf, proveDomain, removeDomain, requestDomain } from '@/lib/operators/tenants/domain';
import { exportTenant } from '@/lib/operators/tenants/export';
import { inviteAgain, waitsForAdministrator } from '@/lib/operators/tenants/invite-again';
import { findManagedTenant, listTenants } from '@/lib/operators/tenants/list';
import { setEntitlements, updateTenant } from '@/lib/operators/tenants/settings';
import { resumeTenant, suspendTenant } from '@/lib/operators/tenants/suspend';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newConnection } from '@/tests/support/connections';
import { operatorCause as cause } from '@/tests/support/operators';
import { newTenant, newUser } from '@/tests/support/users';

const input = {
  accountId: 'Maple-Dental',
  name: 'Maple Dental',
  locale: 'fr' as const,
  timeZone: 'America/Montreal',
  userLimit: 20,
  entitlements: ['phone' as const],
  administrator: { username: 'ana', firstName: 'Ana', lastName: 'Silva', email: 'ana@maple.example' },
};

describe('opening a tenant', () => {
  test('makes it with its first administrator, who is invited, and both chains say so', async () => {
    const made = await createTenantWithInvitation(input, cause);
    if (!made.ok) throw new Error(made.error);
    const { tenant } = made;
    expect(tenant).toMatchObject({ slug: 'maple-dental', accountId: 'Maple-Dental', userLimit: 20, locale: 'fr' });
    const [user] = await admin()`select username, role, status from users where tenant_id = ${tenant.id}`;
    expect(user).toEqual({ username: 'ana', role: 'administrator', status: 'active' });
    const [job] = await admin()`
      select count(*)::int from graphile_worker._private_jobs where payload::text like ${`%${tenant.id}%`}`;
    expect(job?.count).toBe(1);
    expect((await eventsOf(tenant)).map(({ event, actor_id }) => [event, actor_id])).toContainEqual([
      'tenant_create',
      null,
    ]);
    const told = (await eventsOf({ id: PROVIDER }, 'tenant_create')).filter((event) => event.subject_id === tenant.id);
    expect(told[0]?.detail).toMatchObject({ tenant: 'Maple-Dental' });
    expect(await verifyAudit(tenant.id)).toMatchObject({ ok: true });
  });

  test.each([
    ['an account ID in use, in another spelling', { accountId: 'maple-DENTAL' }, 'taken'],
    ['a reserved one', { accountId: 'operator' }, 'account-id'],
    ['one with a dot', { accountId: 'a.b' }, 'account-id'],
    ['an encoded one', { accountId: 'xn--80ak6aa92e' }, 'account-id'],
    ['an encoded one in capitals', { accountId: ' XN--Caf-Dma ' }, 'account-id'],
    ['one with another reserved prefix', { accountId: 'ab--cd' }, 'account-id'],
    ['a name that turns the text around', { name: 'Acme\u202etxt' }, 'unprintable'],
    ['a name of two lines', { name: 'Acme\r\nBcc: x' }, 'unprintable'],
    ['no such time zone', { timeZone: 'Mars/Olympus' }, 'time-zone'],
    ['no user at all', { userLimit: 0 }, 'out-of-bounds'],
    ['half a user', { userLimit: 1.5 }, 'out-of-bounds'],
    ['what is no number', { userLimit: Number.NaN }, 'out-of-bounds'],
    ['an administrator without a name', { administrator: { ...input.administrator, username: '1' } }, 'username'],
    ['an address that is none', { administrator: { ...input.administrator, email: 'a@b@c' } }, 'email'],
  ])('with %s leaves nothing behind', async (_, wrong, error) => {
    await createTenantWithInvitation(input, cause);
    const before = await admin()`select count(*)::int from tenants`;
    const fresh = { ...input, accountId: `fresh-${Math.random().toString(36).slice(2, 8)}`, ...wrong };
    expect(await createTenantWithInvitation(fresh, cause)).toMatchObject({ ok: false, error });
    expect(await admin()`select count(*)::int from tenants`).toEqual(before);
  });
});

test('the first administrator can be invited again, also at another address, until a user has signed in', async () => {
  const made = await createTenantWithInvitation({ ...input, accountId: 'invited-again' }, cause);
  if (!made.ok) throw new Error(made.error);
  const { id } = made.tenant;
  expect(await waitsForAdministrator({ id })).toBe(true);
  expect(await inviteAgain(id, 'nobody', cause)).toMatchObject({ error: 'email' });
  expect(await inviteAgain(id, 'right@maple.example', cause)).toEqual({ ok: true });
  const [user] = await admin()`select email from users where tenant_id = ${id}`;
  expect(user?.email).toBe('right@maple.example');
  await newUser(made.tenant);
  expect(await waitsForAdministrator({ id })).toBe(false);
  expect(await inviteAgain(id, 'thief@evil.example', cause)).toMatchObject({ error: 'has-begun' });
  expect(await inviteAgain('00000000-0000-4000-8000-000000000000', 'a@b.ca', cause)).toMatchObject({
    error: 'not-found',
  });
});

describe('finding tenants', () => {
  test('by a part of name, account ID or domain, each once, over all pages, and by state', async () => {
    const names = ['éclair', 'Eclair', 'eclair', 'zebra', 'Zebra 100%', 'zebra_a', 'aardvark'];
    for (const name of names) await newTenant({ name: `Pagetest ${name}` });
    const seen: string[] = [];
    for (let after: string | undefined, first = true; first || after; first = false) {
      const page = await listTenants({ q: 'pagetest', after, limit: 3 });
      expect(page.total).toBe(names.length);
      seen.push(...page.tenants.map(({ id }) => id));
      after = page.next;
    }
    expect(new Set(seen).size).toBe(names.length);
    expect(seen).toHaveLength(names.length);
    expect((await listTenants({ q: '100%' })).total).toBe(1);
    expect((await listTenants({ q: 'zebra_' })).total).toBe(1);
    for (const after of ['x', 'bnVsbA', Buffer.from('["a\\u0000","b"]').toString('base64url')])
      expect((await listTenants({ q: 'pagetest', after })).tenants.length).toBe(names.length);
    const shut = await newTenant({ name: 'Pagetest shut' });
    await suspendTenant(shut.id, cause);
    expect((await listTenants({ q: 'pagetest', state: 'suspended' })).tenants.map(({ id }) => id)).toEqual([shut.id]);
    expect((await listTenants({ q: 'pagetest', state: 'active' })).total).toBe(names.length);
  });
});

describe('settings', () => {
  test('are noted with what changed, and a limit below the users there are is refused', async () => {
    const tenant = await newTenant();
    await newUser(tenant);
    await newUser(tenant);
    await newUser(tenant, { status: 'disabled' });
    const next = { name: 'New Name', locale: 'fr' as const, timeZone: 'UTC', userLimit: 1 };
    expect(await updateTenant(tenant.id, next, cause)).toMatchObject({ error: 'limit-below', count: 2 });
    expect(await updateTenant(tenant.id, { ...next, userLimit: 2 }, cause)).toEqual({ ok: true });
    expect(await updateTenant(tenant.id, { ...next, userLimit: 2 }, cause)).toEqual({ ok: true });
    expect(await eventsOf(tenant, 'tenant_update')).toHaveLength(1);
    expect(await findManagedTenant(tenant.id)).toMatchObject({ name: 'New Name', userLimit: 2, locale: 'fr' });
    await setEntitlements(tenant.id, ['phone'], cause);
    expect((await findManagedTenant(tenant.id))?.entitlements).toEqual(['phone']);
  });
});

describe('a custom domain', () => {
  const says = (value: string) => async () => [[value.slice(0, 20), value.slice(20)], ['v=spf1 -all']];

  test('counts once its DNS says so, and not before', async () => {
    const tenant = await newTenant();
    expect(await requestDomain(tenant.id, ' Login.Maple.CA. ', cause)).toEqual({ ok: true });
    const asked = await managed(tenant.id);
    expect(asked).toMatchObject({ domain: null, pendingDomain: 'login.maple.ca' });
    const proof = proofOf(asked);
    expect(proof?.name).toBe('_gatehouse.login.maple.ca');
    expect(await requestDomain(tenant.id, 'login.maple.ca', cause)).toEqual({ ok: true });
    expect(proofOf(await managed(tenant.id))).toEqual(proof);
    const nothing = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const silence = () => Promise.reject(Object.assign(new Error('no'), { code: 'ETIMEOUT' }));
    expect(await proveDomain(asked, cause, nothing)).toMatchObject({ error: 'domain-unproved' });
    expect(await proveDomain(asked, cause, silence)).toMatchObject({ error: 'dns-unreachable' });
    expect(await proveDomain(asked, cause, says('gatehouse-domain=other'))).toMatchObject({ error: 'domain-unproved' });
    expect((await managed(tenant.id)).domain).toBeNull();
    expect(await proveDomain(asked, cause, says(proof?.value ?? ''))).toEqual({ ok: true, domain: 'login.maple.ca' });
    expect(await managed(tenant.id)).toMatchObject({
      domain: 'login.maple.ca',
      pendingDomain: null,
      domainProof: null,
    });
    expect(await proveDomain(asked, cause, says(proof?.value ?? ''))).toMatchObject({ error: 'domain-unproved' });
    await removeDomain(tenant.id, cause);
    expect((await managed(tenant.id)).domain).toBeNull();
  });

  test('belongs to one tenant, also where two prove it', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    await requestDomain(one.id, 'shared.maple.ca', cause);
    await requestDomain(two.id, 'shared.maple.ca', cause);
    const [first, second] = [await managed(one.id), await managed(two.id)];
    expect(first.domainProof).not.toBe(second.domainProof);
    const both = async () => [[proofOf(first)?.value ?? ''], [proofOf(second)?.value ?? '']];
    expect(await proveDomain(first, cause, both)).toMatchObject({ ok: true });
    expect(await proveDomain(second, cause, both)).toMatchObject({ error: 'domain-taken' });
    expect(await requestDomain(two.id, 'shared.maple.ca', cause)).toMatchObject({ error: 'domain-taken' });
  });

  test.each([
    'gatehouse.test',
    'operator.gatehouse.test',
    'acme.gatehouse.test',
    'a.b.gatehouse.test',
    'localhost',
    'x.localhost',
    'printer.local',
    'intranet',
    '127.0.0.1',
    '[::1]',
    'a b.ca',
    'maple.ca:8443',
    'https://maple.ca',
    'maple.ca/path',
    'user@maple.ca',
    '-maple.ca',
    'maple..ca',
    '',
  ])('is not %s', async (domain) => {
    const tenant = await newTenant();
    expect(await requestDomain(tenant.id, domain, cause)).toMatchObject({ error: 'domain' });
  });
});

describe('deleting', () => {
  test('takes suspending, exporting and the right account ID, in this order, and waits thirty days', async () => {
    const tenant = await newTenant();
    const typed = tenant.accountId;
    expect(await orderDeletion(tenant.id, typed, cause)).toMatchObject({ error: 'not-suspended' });
    await textOf(exportTenant(tenant, cause));
    await suspendTenant(tenant.id, cause);
    expect(await orderDeletion(tenant.id, typed, cause)).toMatchObject({ error: 'not-exported' });
    const half = exportTenant(tenant, cause);
    await half.next();
    await half.return(undefined);
    expect(await orderDeletion(tenant.id, typed, cause)).toMatchObject({ error: 'not-exported' });
    await textOf(exportTenant(tenant, cause));
    expect(await orderDeletion(tenant.id, 'another', cause)).toMatchObject({ error: 'other-account' });
    const ordered = await orderDeletion(tenant.id, typed, cause);
    expect(ordered.ok && Math.round((ordered.at.getTime() - Date.now()) / 86_400_000)).toBe(30);
    expect(await resumeTenant(tenant.id, cause)).toMatchObject({ error: 'waits-for-deletion' });
    expect(await cancelDeletion(tenant.id, cause)).toEqual({ ok: true });
    expect(await resumeTenant(tenant.id, cause)).toEqual({ ok: true });
    await suspendTenant(tenant.id, cause);
    expect(await orderDeletion(tenant.id, typed, cause)).toMatchObject({ error: 'not-exported' });
  });

  test('an export holds the branding with its logo, and the connections as they are set up', async () => {
    const tenant = await newTenant({ entitlements: ['single-sign-on'] });
    const png = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#1d5fd1' } })
      .png()
      .toBuffer();
    await saveBranding(tenant, { ...NO_BRANDING, nameEn: 'Maple', colour: '#1d5fd1', logo: png }, cause);
    await newConnection(tenant, { label: 'Maple ID' });
    const lines = (await textOf(exportTenant(tenant, cause)))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    const branding = lines.find(({ kind }) => kind === 'branding');
    expect(branding).toMatchObject({ nameEn: 'Maple', colour: '#1d5fd1', logoWidth: 40, logoHeight: 20 });
    expect(await sharp(Buffer.from(branding.logoPng, 'base64')).metadata()).toMatchObject({ width: 40, height: 20 });
    expect(lines.find(({ kind }) => kind === 'connection')).toMatchObject({
      label: 'Maple ID',
      settings: { clientId: expect.any(String) },
      hasSecret: true,
      createRole: 'agent',
    });
    expect(JSON.stringify(lines)).not.toMatch(/sealed/i);
  });

  test('an export that started before the tenant was suspended does not count', async () => {
    const tenant = await newTenant();
    const early = exportTenant(tenant, cause);
    await early.next();
    await suspendTenant(tenant.id, cause);
    for await (const _ of early);
    expect(await orderDeletion(tenant.id, tenant.accountId, cause)).toMatchObject({ error: 'not-exported' });
  });

  test('removes everything of the tenant when it is due, not earlier, and nothing of other tenants', async () => {
    const [gone, kept] = [await newTenant(), await newTenant()];
    for (const tenant of [gone, kept]) await newUser(tenant);
    await suspendTenant(gone.id, cause);
    await textOf(exportTenant(gone, cause));
    await orderDeletion(gone.id, gone.accountId, cause);
    const others = await rowsOf(kept.id);
    await deleteTenantsDue();
    expect((await rowsOf(gone.id)).length).toBeGreaterThan(0);
    const [refused] = await statement<{ gone: boolean | null }>('select delete_tenant_step($1, 10) as gone', [gone.id]);
    expect(refused?.gone).toBeNull();
    await admin()`update tenants set delete_after = now() - interval '1 second' where id = ${gone.id}`;
    expect(await cancelDeletion(gone.id, cause)).toMatchObject({ error: 'too-late' });
    await deleteTenantsDue();
    expect(await rowsOf(gone.id)).toEqual([]);
    expect(await findManagedTenant(gone.id)).toBeUndefined();
    expect(await rowsOf(kept.id)).toEqual(others);
    const told = (await eventsOf({ id: PROVIDER })).filter((event) => event.subject_id === gone.id);
    expect(told.map(({ event }) => event)).toEqual([
      'tenant_suspend',
      'tenant_export',
      'tenant_delete_order',
      'tenant_delete',
    ]);
    expect(await verifyAudit(PROVIDER)).toMatchObject({ ok: true });
    await deleteTenantsDue();
  });

  test('is nothing that the application’s role could do by itself', async () => {
    const tenant = await newTenant();
    await expect(statement('delete from tenants where id = $1', [tenant.id])).rejects.toThrow('42501');
    for (const change of [
      'delete_after = now()',
      `status = 'suspended'`,
      'suspended_at = now()',
      'exported_at = now()',
      `id = gen_random_uuid()`,
    ])
      await expect(statement(`update tenants set ${change} where id = $1`, [tenant.id]), change).rejects.toThrow(
        '42501',
      );
    await expect(
      statement(
        `insert into tenants (id, slug, account_id, name, status, suspended_at, exported_at, delete_after)
         values ('${PROVIDER}', 'x', 'x', 'x', 'suspended', '2020-01-01', '2020-01-02', '2020-01-03')`,
        [],
      ),
    ).rejects.toThrow('23514');
    const [asked] = await statement<{ at: string | null }>('select order_tenant_deletion($1) as at', [tenant.id]);
    expect(asked?.at).toBeNull();
  });
});

test('thirty days are counted in the tenant’s own time, failures and second factors apart', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { withTenant } = await import('@/db');
  const { record } = await import('@/lib/audit/record');
  const note = (event: 'authn_login_success' | 'authn_login_fail' | 'authn_logout', factor: string) =>
    withTenant(tenant.id, async (tx) =>
      record(tx, tenant.id, cause, event, { subjectId: user.id, detail: { factor } }),
    );
  await note('authn_login_success', 'password');
  await note('authn_login_success', 'totp');
  await note('authn_login_success', 'recovery-code');
  await note('authn_login_fail', 'password');
  await note('authn_logout', '');
  const days = await tenantActivity(tenant, tenant.timeZone);
  expect(days).toHaveLength(30);
  expect(days.at(-1)).toMatchObject({ signIns: 3, secondFactor: 2, failures: 1 });
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: tenant.timeZone }).format(new Date());
  expect(days.at(-1)?.day).toBe(today);
  expect(days.slice(0, -1).every((day) => day.signIns + day.failures === 0)).toBe(true);
  const nobody = await tenantActivity({ id: '00000000-0000-4000-8000-000000000000' }, 'UTC');
  expect(nobody.every((day) => day.signIns + day.failures === 0)).toBe(true);
});

async function managed(id: string) {
  const tenant = await findManagedTenant(id);
  if (!tenant) throw new Error('no such tenant');
  return tenant;
}

async function textOf(lines: AsyncIterable<string>) {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}

/** How many rows every table has of a tenant. */
async function rowsOf(tenantId: string) {
  const tables = await admin()<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'tenant_id' order by 1`;
  const counted: string[] = [];
  for (const { name } of tables) {
    const [row] = await admin()`select count(*)::int from ${admin()(name)} where tenant_id = ${tenantId}`;
    if (row?.count > 0) counted.push(`${name}: ${row?.count}`);
  }
  return counted;
}
