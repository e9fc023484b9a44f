import { NextRequest } from 'next/server';
import { handlers } from '@/lib/auth';
import { isSameOrigin } from '@/lib/request/action-guards';
import { withDatabase } from '@/lib/request/api';
import { anyone, currentOrigin } from '@/lib/request/current';

export function GET(request: NextRequest) {
  return withDatabase(async () => handlers.GET(await atOwnOrigin(request)));
}

export function POST(request: NextRequest) {
  return withDatabase(async () =>
    (await isSameOrigin()) ? handlers.POST(await atOwnOrigin(request)) : new Response(null, { status: 403 }),
  );
}

/**
 * The request as it was sent: Next hands it over under localhost, whatever its Host header says.
 */
async function atOwnOrigin(request: NextRequest) {
  await anyone();
  const { pathname, search } = request.nextUrl;
  return new NextRequest(`${await currentOrigin()}${pathname}${search}`, request);
}
