import { keepCall, readCall, recentCalls } from '@/lib/phone/calls';
import { phoneRoute, readJson, refuse } from '@/lib/request/phone';

/** The person's own latest calls. */
export function GET(request: Request) {
  return phoneRoute('phone-calls', request, async ({ tenant, user }) =>
    Response.json(await recentCalls(tenant, user.id)),
  );
}

/**
 * Records a call that has ended. Sending it again changes nothing. A call of a user who was signed
 * in here before is not recorded for this one.
 */
export function POST(request: Request) {
  return phoneRoute('phone-calls', request, async ({ tenant, user }) => {
    const of = new URL(request.url).searchParams.get('of');
    if (of !== null && of !== user.extension) return refuse(403, { error: 'foreign' });
    const call = readCall(await readJson(request));
    if (!call) return refuse(400, { error: 'invalid' });
    await keepCall(tenant, user.id, call);
    return new Response(null, { status: 204 });
  });
}
