import type { Entitlement } from '@/db/schema/tenants';
import type { Screen } from '@/lib/request/current';
import type { Visit } from '@/lib/request/store';
import { isEntitled } from '@/lib/tenants/entitlements';
import { mayOpen } from '@/lib/users/permissions';

const KB = 1024;

/** In bytes, of every form that is not listed here. */
const LARGEST_FORM = 64 * KB;

/**
 * A folder of app where larger bodies are posted, of at most `limit` bytes, and who may post them.
 * Anyone may post what an identity provider's page sends across sites; it is signed.
 */
type Upload = { route: string; limit: number; provider?: true; access?: { screen: Screen; entitlement?: Entitlement } };

/** @internal A test looks each route up in app. */
export const UPLOADS: Upload[] = [
  { route: '/sso/saml/[connection]/acs', limit: 12 * LARGEST_FORM, provider: true },
  { route: '/sso/saml/[connection]/logout', limit: 12 * LARGEST_FORM, provider: true },
  { route: '/admin/users/import', limit: 10 * KB * KB + LARGEST_FORM, access: { screen: 'users' } },
  // The form itself refuses a logo that is too large.
  { route: '/admin/branding', limit: 20 * LARGEST_FORM, access: { screen: 'branding' } },
  // An identity provider's metadata, as a file or as text.
  {
    route: '/admin/single-sign-on/[...screen]',
    limit: 9 * LARGEST_FORM,
    access: { screen: 'single-sign-on', entitlement: 'single-sign-on' },
  },
];

const PATTERNS = UPLOADS.map((upload) => ({ upload, pattern: patternOf(upload.route) }));

/** Returns whether an identity provider's page posts to `path`. */
export function isFromProvider(path: string) {
  return uploadAt(path)?.provider === true;
}

/**
 * Returns how many bytes a request to `path` may have, and who may post it; anyone if `access` is
 * missing.
 */
export function bodyLimit(method: string | undefined, path: string): Pick<Upload, 'limit' | 'access'> {
  const upload = method === 'POST' ? uploadAt(path) : undefined;
  return upload ?? { limit: LARGEST_FORM };
}

/**
 * Returns how many bytes are read from this user: without the page's screen and feature, those of
 * any other form.
 */
export function limitFor({ found }: Visit, { limit, access }: Pick<Upload, 'limit' | 'access'>) {
  if (!access) return limit;
  if (found?.tenant.status !== 'active' || !found.user || !found.session) return LARGEST_FORM;
  if (!mayOpen(access.screen, found.user)) return LARGEST_FORM;
  return !access.entitlement || isEntitled(found.tenant, access.entitlement) ? limit : LARGEST_FORM;
}

function uploadAt(path: string) {
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.upload;
}

function patternOf(route: string) {
  return new RegExp(`^${route.replace(/\[\.\.\.\w+\]/g, '.*').replace(/\[\w+\]/g, '[^/]+')}$`);
}
