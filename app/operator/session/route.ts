import { isSameOrigin } from '@/lib/request/action-guards';
import { withDatabase } from '@/lib/request/api';
import { anyoneAtOperator } from '@/lib/request/current';

/** Returns whether the operator's session is live and its remaining time, without prolonging it. */
export function GET() {
  return withDatabase(async () => Response.json(await state()));
}

/** The operator has done something on an open page: the idle clock starts again. */
export function POST() {
  return withDatabase(async () => {
    if (!(await isSameOrigin())) return new Response(null, { status: 403 });
    return Response.json(await state());
  });
}

async function state() {
  const { viewer, why } = await anyoneAtOperator();
  return viewer ? { live: true, msLeft: viewer.session.msLeft } : { live: false, msLeft: 0, ...(why && { why }) };
}
