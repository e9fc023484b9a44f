import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { withTenant } from '@/db';
import { phoneCalls } from '@/db/schema/phone';
import { id } from '@/lib/ids';
import type { RecentCalls } from '@/lib/phone/wire';
import type { Tenant } from '@/lib/tenants/tenants';
import { oneLine } from '@/lib/text';
import { days } from '@/lib/time';

const SHOWN = 50;
const RETENTION = days(90);

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const endedCall = z
  .strictObject({
    id,
    direction: z.enum(['in', 'out']),
    outcome: z.enum(['answered', 'missed', 'rejected', 'elsewhere', 'busy', 'no-answer', 'failed', 'cancelled']),
    peer: z.string().max(400),
    peerName: z.string().max(1000).nullable(),
    startedAt: moment,
    answeredAt: moment.nullable(),
    endedAt: moment,
  })
  .transform(correctClock)
  .transform((call) => ({
    ...call,
    peer: oneLine(call.peer, 200),
    peerName: oneLine(call.peerName ?? '', 100) || null,
  }))
  .refine(({ peer, startedAt, answeredAt, endedAt, outcome }) => {
    const isInOrder = startedAt <= (answeredAt ?? startedAt) && (answeredAt ?? startedAt) <= endedAt;
    const isRecent = startedAt.getTime() > Date.now() - RETENTION;
    return peer !== '' && isInOrder && isRecent && (outcome === 'answered') === (answeredAt !== null);
  });

export type ReadCall = z.output<typeof endedCall>;

/** Returns an ended call as a browser reports it, or undefined where it is invalid. */
export function readCall(input: unknown): ReadCall | undefined {
  return endedCall.safeParse(input).data;
}

/** Stores a user's call for 90 days. A call that is stored already stays unchanged. */
export async function keepCall(tenant: Pick<Tenant, 'id'>, userId: string, call: ReadCall) {
  await withTenant(tenant.id, (tx) =>
    tx
      .insert(phoneCalls)
      .values({ tenantId: tenant.id, userId, ...call })
      .onConflictDoNothing(),
  );
}

/** Returns the user's latest calls, at most 50, newest first. */
export async function recentCalls(tenant: Pick<Tenant, 'id'>, userId: string): Promise<RecentCalls> {
  const rows = await withTenant(tenant.id, (tx) =>
    tx
      .select()
      .from(phoneCalls)
      .where(and(eq(phoneCalls.tenantId, tenant.id), eq(phoneCalls.userId, userId)))
      .orderBy(desc(phoneCalls.startedAt))
      .limit(SHOWN),
  );
  const calls = rows.map(({ tenantId: _, userId: __, startedAt, answeredAt, endedAt, ...call }) => ({
    ...call,
    startedAt: startedAt.toISOString(),
    answeredAt: answeredAt?.toISOString() ?? null,
    endedAt: endedAt.toISOString(),
  }));
  return { calls };
}

type Times = { startedAt: Date; answeredAt: Date | null; endedAt: Date };

/** Moves a call that ends in the future back to end now: the browser's clock is ahead. */
function correctClock<Call extends Times>(call: Call): Call {
  const ahead = Math.max(0, call.endedAt.getTime() - Date.now());
  const earlier = (moment: Date) => new Date(moment.getTime() - ahead);
  return {
    ...call,
    startedAt: earlier(call.startedAt),
    answeredAt: call.answeredAt && earlier(call.answeredAt),
    endedAt: earlier(call.endedAt),
  };
}
