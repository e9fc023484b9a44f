import { isSameOrigin } from '@/lib/request/action-guards';
import { withDatabase } from '@/lib/request/api';
import { anyone } from '@/lib/request/current';

/** Whether the session lives and how long it has: an open page asks without keeping it alive. */
export function GET() {
  return withDatabase(async () => Response.json(await state()));
}

/** The person has done something on an open page: the idle clock starts again. */
export function POST() {
  return withDatabase(async () => {
    if (!(await isSameOrigin())) return new Response(null, { status: 403 });
    return Response.json(await state());
  });
}

async function state() {
  const { viewer, why } = await anyone();
  return viewer ? { live: true, msLeft: viewer.session.msLeft } : { live: false, msLeft: 0, ...(why && { why }) };
}
