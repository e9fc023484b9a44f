import { expect, test } from 'vitest';
import { updateProfile } from '@/lib/users/profile';
import { visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { instances } from '@/tests/support/instances';
import { newOperator, operatorCause, operatorHost, operatorSession } from '@/tests/support/operators';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances(1);
const UNKNOWN = 'Mars/Olympus';

test('a tenant with an unknown stored zone has pages, filters and exports in UTC, and says so', async () => {
  const { tenant, browser } = await administratorOf(UNKNOWN);
  await admin()`update audit_events set at = '2026-03-02T00:30:00Z' where tenant_id = ${tenant.id} and seq = 1`;
  await admin()`update policies set second_factor = 'required', second_factor_from = now() + interval '9 days'
    where tenant_id = ${tenant.id}`;
  for (const path of ['/home', '/admin/users', '/admin/security', '/settings/profile', '/settings/sign-ins']) {
    const page = await browser.get(path);
    expect([path, page.status]).toEqual([path, 200]);
    expect(page.text).toContain('Times are shown in UTC because the time zone “Mars/Olympus” is unknown');
  }
  expect((await browser.get('/admin/security')).text).toContain('This day begins at midnight UTC');
  const query = 'from=2026-03-02&to=2026-03-02';
  expect((await browser.get(`/admin/audit?${query}`)).status).toBe(200);
  for (const format of ['csv', 'jsonl']) {
    const file = await browser.get(`/admin/audit/export?${query}&format=${format}`);
    expect([format, file.status]).toEqual([format, 200]);
    expect(file.body.trim().split('\n')).toHaveLength(format === 'csv' ? 2 : 1);
  }
});

test('a stored old name is read as its zone, with no notice', async () => {
  const { tenant, browser } = await administratorOf('Asia/Calcutta');
  await admin()`update audit_events set at = '2026-03-01T19:00:00Z' where tenant_id = ${tenant.id} and seq = 1`;
  const lines = async (day: string) =>
    (await browser.get(`/admin/audit/export?from=${day}&to=${day}`)).body.trim().split('\n').length - 1;
  expect([await lines('2026-03-01'), await lines('2026-03-02')]).toEqual([0, 1]);
  const page = await browser.get('/settings/profile');
  expect(page.text).not.toContain('Times are shown in UTC');
  expect(page.body).toMatch(/<option[^>]*value="Asia\/Kolkata"[^>]*selected|selected[^>]*value="Asia\/Kolkata"/);
});

test('the console shows a tenant and an operator with unknown stored zones, and says so', async () => {
  const { tenant } = await administratorOf(UNKNOWN);
  const operator = await newOperator();
  await admin()`update operators set time_zone = ${UNKNOWN} where id = ${operator.id}`;
  const console = visitor({ port: running.app().port, host: operatorHost() });
  console.jar.set('__Host-sid', await operatorSession(operator));
  for (const path of [
    `/operator/tenants/${tenant.id}`,
    '/operator/audit?from=2026-03-01&to=2026-03-02',
    '/operator/account',
    '/operator/tenants/new',
  ]) {
    const page = await console.get(path);
    expect([path, page.status]).toEqual([path, 200]);
    expect(page.text).toContain('Times are shown in UTC because the time zone “Mars/Olympus” is unknown');
  }
  expect((await console.get(`/operator/tenants/${tenant.id}`)).text).toContain('Days are counted in UTC');
  expect((await console.get('/operator/audit/export?from=2026-03-01')).status).toBe(200);
});

test('a personal time zone that cannot be stored is refused at its field', async () => {
  const { tenant, user } = await administratorOf('UTC');
  const input = { firstName: 'Robin', lastName: 'Achterberg', locale: null };
  for (const timeZone of [UNKNOWN, '', '+05:30']) {
    const refused = await updateProfile(tenant, user.id, { ...input, timeZone }, operatorCause);
    expect(refused).toMatchObject({ ok: false, error: 'time-zone', field: 'timeZone' });
  }
  expect(await updateProfile(tenant, user.id, { ...input, timeZone: 'US/Eastern' }, operatorCause)).toEqual({
    ok: true,
  });
  expect(await admin()`select time_zone from users where id = ${user.id}`).toEqual([{ time_zone: 'America/New_York' }]);
});

async function administratorOf(zone: string) {
  const tenant = await newTenant();
  const user = await newUser(tenant, { role: 'administrator' });
  await admin()`update tenants set time_zone = ${zone} where id = ${tenant.id}`;
  const browser = visitor({ port: running.app().port, host: tenant.host });
  await browser.signIn(user.username, PASSWORD);
  return { tenant, user, browser };
}
