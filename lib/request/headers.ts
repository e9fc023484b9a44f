import { env } from '@/lib/env';

const PERMISSIONS = 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()';

/** Headers of every response, whatever answers: pages, errors, redirects, files. */
export function securityHeaders(nonce: string, path: string, dev: boolean, isRoot: boolean): Record<string, string> {
  const isFile = path.startsWith('/_next/static/');
  const common: Record<string, string> = {
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(env().secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
  if (isFile) return common;
  return {
    ...(path === '/branding/logo' ? logoHeaders(common) : { ...common, 'cache-control': 'private, no-store' }),
    'content-security-policy': contentSecurityPolicy(nonce, path, dev, isRoot),
    'permissions-policy': PERMISSIONS,
    'referrer-policy': referrerPolicy(path),
    'x-robots-tag': 'noindex, nofollow',
    'x-frame-options': path.startsWith('/dev/mailbox') ? 'SAMEORIGIN' : 'DENY',
  };
}

/**
 * Returns the two headers of a page with a softphone: the SIP server's socket and the microphone.
 */
export function withPhone(policy: string | string[] | undefined, socketOrigin: string) {
  return {
    'content-security-policy': String(policy).replace(`connect-src 'self'`, `connect-src 'self' ${socketOrigin}`),
    'permissions-policy': PERMISSIONS.replace('microphone=()', 'microphone=(self)'),
  };
}

/**
 * Next keeps what the front has set: how long a logo is kept and where it may be shown, its own
 * route says.
 */
function logoHeaders({ 'cross-origin-resource-policy': _own, ...rest }: Record<string, string>) {
  return rest;
}

/**
 * A mail in the mailbox's frame: its inline styles and its tenant's logo show, and nothing of it
 * may act.
 */
function shownMail() {
  const { protocol, host } = env().publicUrl;
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data: ${protocol}//*.${host}; frame-ancestors 'self'; sandbox`;
}

/**
 * A new nonce for every response; the mailbox frames the mails it shows, nothing else is framed at
 * all.
 */
function contentSecurityPolicy(nonce: string, path: string, dev: boolean, isRoot: boolean) {
  if (/^\/dev\/mailbox\/[^/]+\/html$/.test(path)) return shownMail();
  const { protocol, host } = env().publicUrl;
  const mailbox = path.startsWith('/dev/mailbox');
  // The root domain hands a sign-in to the tenant's own host, wherever that is.
  const handoff = isRoot ? ` ${protocol}//*.${host} ${protocol}` : '';
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}' 'strict-dynamic'${dev ? ` 'unsafe-eval'` : ''}`,
    `style-src 'self' ${dev ? `'unsafe-inline'` : `'nonce-${nonce}'`}`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    `manifest-src 'self'`,
    `form-action 'self'${handoff}`,
    `frame-src ${mailbox ? `'self'` : `'none'`}`,
    `frame-ancestors ${mailbox ? `'self'` : `'none'`}`,
    `base-uri 'none'`,
    `object-src 'none'`,
  ].join('; ');
}

/**
 * A token in the address goes nowhere; the page behind it still names its origin to itself, or its
 * own form would be refused.
 */
function referrerPolicy(path: string) {
  const [, page, token] = path.split('/');
  if (page !== 'reset-password' && page !== 'confirm-email') return 'strict-origin-when-cross-origin';
  return token ? 'no-referrer' : 'same-origin';
}
