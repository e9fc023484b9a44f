import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/env';
import { type Host, parseHost } from '@/lib/tenants/host';

const FIRST_PAGE: Partial<Record<Host['kind'], string>> = { root: '/find', operator: '/operator' };

/**
 * Resolves the subdomain: a tenant's address leads to its Home, the root address to the finder, the
 * operator's to the console. No database, no policy.
 */
export function middleware(request: NextRequest) {
  const host = parseHost(request.headers.get('host'), env().publicUrl);
  return NextResponse.rewrite(new URL(FIRST_PAGE[host.kind] ?? '/home', request.url));
}

export const config = {
  runtime: 'nodejs',
  // The one address whose page depends on the host. Every other page's guard resolves the same Host
  // by the same function: passing them through here as well would cost a third of the pages per
  // second and decide nothing.
  matcher: ['/'],
};
