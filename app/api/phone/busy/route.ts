import type { BusyAnswer } from '@/lib/phone/wire';
import { phoneRoute } from '@/lib/request/phone';
import { noteBusy } from '@/lib/sessions/find';

/** A call rings, runs or is wrapped up: the session does not go idle meanwhile. */
export function POST(request: Request) {
  return phoneRoute('phone-busy', request, async ({ tenant, session }) => {
    const msLeft = await noteBusy(tenant, session.id);
    const answer: BusyAnswer = msLeft === undefined ? { live: false, msLeft: 0, why: 'ended' } : { live: true, msLeft };
    return Response.json(answer);
  });
}
