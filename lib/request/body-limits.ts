import type { Entitlement } from '@/db/schema/tenants';
import type { Screen } from '@/lib/request/current';
import type { Visit } from '@/lib/request/store';
import { isEntitled } from '@/lib/tenants/entitlements';
import { mayOpen } from '@/lib/users/permissions';

const KB = 1024;

/** In bytes, of every form that is not listed here. */
const LARGEST_FORM = 64 * KB;

/** Where larger bodies are posted, of at most `limit` bytes, and who may post them. */
type Upload = { path: RegExp; limit: number; access?: { screen: Screen; entitlement?: Entitlement } };

/**
 * What an identity provider's page posts to us, across sites; it is signed, so anyone may post it.
 */
const FROM_PROVIDERS: Upload = { path: /^\/sso\/saml\/[^/]+\/(acs|logout)$/, limit: 12 * LARGEST_FORM };

const UPLOADS: Upload[] = [
  FROM_PROVIDERS,
  { path: /^\/admin\/users\/import$/, limit: 10 * KB * KB + LARGEST_FORM, access: { screen: 'users' } },
  // A logo that is too large is held back by its page.
  { path: /^\/admin\/branding$/, limit: 20 * LARGEST_FORM, access: { screen: 'branding' } },
  // An identity provider's metadata, as a file or as text.
  {
    path: /^\/admin\/single-sign-on\//,
    limit: 9 * LARGEST_FORM,
    access: { screen: 'single-sign-on', entitlement: 'single-sign-on' },
  },
];

export function isFromProvider(path: string) {
  return FROM_PROVIDERS.path.test(path);
}

/**
 * Returns how many bytes a request to `path` may have, and who may post it; anyone if `access` is
 * missing.
 */
export function bodyLimit(method: string | undefined, path: string): Omit<Upload, 'path'> {
  const upload = method === 'POST' ? UPLOADS.find((one) => one.path.test(path)) : undefined;
  return upload ?? { limit: LARGEST_FORM };
}

/**
 * Returns how many bytes are read from this visitor: without the page's screen and feature, those
 * of any other form.
 */
export function limitFor({ found }: Visit, { limit, access }: Omit<Upload, 'path'>) {
  if (!access) return limit;
  if (found?.tenant.status !== 'active' || !found.user || !found.session) return LARGEST_FORM;
  if (!mayOpen(access.screen, found.user)) return LARGEST_FORM;
  return !access.entitlement || isEntitled(found.tenant, access.entitlement) ? limit : LARGEST_FORM;
}
