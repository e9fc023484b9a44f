import { statement } from '@/db';

/**
 * What Home shows: the sign-in before this one (ISO 8601), and what is missing from the account.
 */
export type Overview = {
  at: string | null;
  address: string | null;
  hasEmail: boolean;
  secondFactor: boolean;
  codesLeft: number;
};

/** Loads the overview on its own, when the session was read without it. */
export async function findOverview(tenantId: string, userId: string) {
  const [row] = await statement<{ home: Overview | null }>('select home_overview($1::uuid, $2::uuid) as home', [
    tenantId,
    userId,
  ]);
  return row?.home ?? undefined;
}
