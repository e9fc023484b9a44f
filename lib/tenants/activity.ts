import { statement } from '@/db';

const ACTIVITY_DAYS = 30;

/** A day of a tenant, in its own time. */
export type Day = { day: string; signIns: number; secondFactor: number; failures: number };

/** Promises sign-ins, those with a second factor, and failures of the last 30 days, today last. Counts, and nobody's name. */
export async function tenantActivity(tenantId: string): Promise<Day[]> {
  const rows = await statement<Record<'day' | 'sign_ins' | 'second_factor' | 'failures', string>>(
    'select day::text, sign_ins, second_factor, failures from tenant_activity($1, $2)',
    [tenantId, ACTIVITY_DAYS],
  );
  return rows.map((row) => ({
    day: row.day,
    signIns: Number(row.sign_ins),
    secondFactor: Number(row.second_factor),
    failures: Number(row.failures),
  }));
}

/** Promises the days added up. Pure. */
export function sumOf(days: Day[]) {
  const sum = { signIns: 0, secondFactor: 0, failures: 0 };
  for (const day of days) {
    sum.signIns += day.signIns;
    sum.secondFactor += day.secondFactor;
    sum.failures += day.failures;
  }
  return { ...sum, share: shareOf(sum) };
}

/** Promises how much of the sign-ins had a second factor, 0 to 1; null where nobody signed in. Pure. */
export function shareOf({ signIns, secondFactor }: Pick<Day, 'signIns' | 'secondFactor'>) {
  return signIns === 0 ? null : secondFactor / signIns;
}
