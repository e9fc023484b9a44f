import { z } from 'zod';
import { findColleagues } from '@/lib/phone/colleagues';
import { phoneRoute, refuse } from '@/lib/request/phone';

const asked = z.object({
  q: z.string().max(100).default(''),
  page: z.coerce.number().int().min(1).max(500).default(1),
});

/** Whom one can call in the company. */
export function GET(request: Request) {
  return phoneRoute('phone-colleagues', request, async ({ tenant, user }) => {
    const read = asked.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!read.success || read.data.q.includes('\0')) return refuse(400, { error: 'invalid' });
    return Response.json(await findColleagues(tenant, user.id, read.data));
  });
}
