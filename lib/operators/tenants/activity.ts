import { statement } from '@/db';
import { addDays, dayIn, startOfDay } from '@/lib/language/time-zones';
import type { Tenant } from '@/lib/tenants/tenants';

const ACTIVITY_DAYS = 30;

/** A day of a tenant, in its own time. */
export type Day = { day: string; signIns: number; secondFactor: number; failures: number };

/**
 * Returns the sign-ins, those with a second factor, and the failures of the last 30 days in a zone,
 * today last.
 */
export async function tenantActivity(tenant: Pick<Tenant, 'id'>, timeZone: string): Promise<Day[]> {
  const today = dayIn(timeZone, new Date());
  const days = Array.from({ length: ACTIVITY_DAYS }, (_, index) => addDays(today, index + 1 - ACTIVITY_DAYS));
  const starts = days.map((day) => startOfDay(day, timeZone).toISOString());
  const rows = await statement<Record<'day' | 'sign_ins' | 'second_factor' | 'failures', string>>(
    'select day, sign_ins, second_factor, failures from tenant_activity($1, $2::text::timestamptz[])',
    [tenant.id, `{${starts.join()}}`],
  );
  const counts = new Map(rows.map((row) => [Number(row.day), row]));
  return days.map((day, index) => {
    const row = counts.get(index + 1);
    return {
      day,
      signIns: Number(row?.sign_ins ?? 0),
      secondFactor: Number(row?.second_factor ?? 0),
      failures: Number(row?.failures ?? 0),
    };
  });
}

/** Returns the sums over all days. Pure. */
export function sumOf(days: Day[]) {
  const sum = { signIns: 0, secondFactor: 0, failures: 0 };
  for (const day of days) {
    sum.signIns += day.signIns;
    sum.secondFactor += day.secondFactor;
    sum.failures += day.failures;
  }
  return { ...sum, share: shareOf(sum) };
}

/** Returns the share of sign-ins with a second factor, 0 to 1; null without sign-ins. Pure. */
export function shareOf({ signIns, secondFactor }: Pick<Day, 'signIns' | 'secondFactor'>) {
  return signIns === 0 ? null : secondFactor / signIns;
}
