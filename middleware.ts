import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/env';
import { parseHost } from '@/lib/tenants/host';

/** Resolves the host to a tenant's, the operator's or the root address, and sends `/` where it leads. No database, no policy. */
export function middleware(request: NextRequest) {
  const host = parseHost(request.headers.get('host'), env().publicUrl);
  if (host.kind === 'invalid') return new NextResponse('Bad Request', { status: 400 });
  if (request.nextUrl.pathname !== '/') return NextResponse.next();
  return NextResponse.rewrite(new URL(host.kind === 'root' ? '/find' : '/home', request.url));
}

export const config = {
  runtime: 'nodejs',
  // Everything but built files and the health check, which a load balancer asks by address. Prefetches are not left out.
  matcher: ['/((?!_next/static/|api/health).*)'],
};
