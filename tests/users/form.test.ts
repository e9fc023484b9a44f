import { describe, expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { NO_BRANDING } from '@/lib/branding/brand';
import { saveBranding } from '@/lib/branding/settings';
import { createOperator } from '@/lib/operators/operators';
import { judgeSettings } from '@/lib/operators/tenants/settings';
import { nameFor } from '@/lib/sso/sign-in/new-user';
import { hasLink } from '@/lib/text';
import { checkName } from '@/lib/users/form';
import { lineChecker } from '@/lib/users/import/check';
import { updateProfile } from '@/lib/users/profile';
import { createUser } from '@/lib/users/users';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

const LINKS = [
  'Visit http://evil.example',
  'HTTPS://EVIL.EXAMPLE',
  'see www.evil.example',
  'evil.co.uk/login',
  'evil.example:8080',
  'http:\\\\evil.example',
  'ｈｔｔｐ：／／evil',
  'www。evil。com',
  'ht\u00adtp://evil',
  'mailto:a@b.example',
  '//evil.example/x',
];

test.each(LINKS)('a name %j holds a web address', (text) => {
  expect(hasLink(text)).toBe(true);
  expect(checkName(text, 'firstName')).toEqual({ ok: false, error: 'name-link', field: 'firstName' });
});

test.each(['Claim it at evil.com', 'evil.info!'])('%j is refused as a name', (text) => {
  expect(checkName(text, 'lastName')).toMatchObject({ error: 'name-link' });
});

test.each([
  'Jean-Paul',
  'J.R.R. Tolkien',
  'St.Clair',
  "O'Brien",
  'Dr. A. B. Noël',
  'jean.paul',
  'Acme: Nord',
  '李小龍',
  'A/B',
])('%j is accepted as a name', (text) => {
  expect(checkName(text, 'firstName')).toBeUndefined();
});

describe('a web address as a name', () => {
  const link = 'Visit http://evil.example';
  const refused = { ok: false, error: 'name-link' };

  test('is refused in a user, a profile, an operator, a company and a brand', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    const person = { username: 'linked', firstName: link, lastName: 'X' };
    expect(await createUser(tenant, person, cause)).toMatchObject({ ...refused, field: 'firstName' });
    const profile = { firstName: 'A', lastName: link, locale: null, timeZone: null };
    expect(await updateProfile(tenant, user.id, profile, cause)).toMatchObject({ ...refused, field: 'lastName' });
    expect(await createOperator(person, cause)).toMatchObject({ ...refused, field: 'firstName' });
    const settings = { name: link, timeZone: 'UTC', userLimit: null };
    expect(await judgeSettings(settings)).toMatchObject({ ...refused, field: 'name' });
    expect(await judgeSettings({ ...settings, name: 'Booking.com' })).toMatchObject({ ok: true });
    const brand = { ...NO_BRANDING, nameFr: link, logo: 'keep' as const };
    expect(await saveBranding(tenant, brand, cause)).toMatchObject({ ...refused, field: 'nameFr' });
  });

  test('is refused in an import, with its own reason', () => {
    const existing = { byUsername: new Map(), byExtension: new Map(), byEmail: new Map(), room: 9 };
    const judge = lineChecker({ username: 0, firstName: 1, lastName: 2 }, existing, null);
    expect(judge({ line: 2, cells: ['linked', link, 'www.evil.example'] })).toMatchObject({
      verdict: 'refused',
      reasons: ['firstName-link', 'lastName-link'],
    });
  });

  test('is not accepted from a provider', () => {
    expect(nameFor({ firstName: link, lastName: 'www.evil.example' }, 'robin@a.example')).toMatchObject({
      firstName: 'robin',
      lastName: '',
    });
  });
});
