import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bodyLimit, isFromProvider, UPLOADS } from '@/lib/request/body-limits';

test('every path with a larger body limit is a page or a route', () => {
  const missing = UPLOADS.map(({ route }) => route.replace(/\/\[\.\.\.\w+\]$/, '')).filter(
    (route) => !['page.tsx', 'route.ts'].some((file) => existsSync(path.join(process.cwd(), 'app', route, file))),
  );
  expect(UPLOADS.length).toBeGreaterThan(3);
  expect(missing).toEqual([]);
});

test('larger bodies are read at these paths and methods only', () => {
  const form = bodyLimit('POST', '/sign-in').limit;
  for (const at of ['/admin/users/import', '/admin/branding', '/admin/single-sign-on/new/saml', '/sso/saml/x/acs'])
    expect(bodyLimit('POST', at).limit, at).toBeGreaterThan(form);
  for (const at of [
    '/admin/users',
    '/admin/users/import/x',
    '/admin/branding/x',
    '/sso/saml/x/y/acs',
    '/x/sso/saml/x/acs',
  ])
    expect(bodyLimit('POST', at).limit, at).toBe(form);
  expect(bodyLimit('GET', '/admin/users/import').limit).toBe(form);
  expect(['/sso/saml/x/logout', '/sso/saml/x/metadata', '/admin/branding'].map(isFromProvider)).toEqual([
    true,
    false,
    false,
  ]);
});
