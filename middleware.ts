import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/env';
import { parseHost } from '@/lib/tenants/host';

/** Resolves the subdomain: a tenant's address leads to its Home, the root address to the finder. No database, no policy. */
export function middleware(request: NextRequest) {
  const host = parseHost(request.headers.get('host'), env().publicUrl);
  return NextResponse.rewrite(new URL(host.kind === 'root' ? '/find' : '/home', request.url));
}

export const config = {
  runtime: 'nodejs',
  // The one address whose page depends on the host. Every other page's guard resolves the same Host by the same function:
  // passing them through here as well would cost a third of the pages per second and decide nothing.
  matcher: ['/'],
};
