import { statement } from '@/db';

/** What Home tells a person: his sign-in before this one (ISO 8601), and what of his account could be mended. */
export type Overview = {
  at: string | null;
  address: string | null;
  hasEmail: boolean;
  secondFactor: boolean;
  codesLeft: number;
};

/** Promises the same by itself, for a request of which nobody knew beforehand that it would lead to Home. */
export async function findOverview(tenantId: string, userId: string) {
  const [row] = await statement<{ home: Overview | null }>('select home_overview($1::uuid, $2::uuid) as home', [
    tenantId,
    userId,
  ]);
  return row?.home ?? undefined;
}
