/** What Home tells a person: his sign-in before this one (ISO 8601), and what of his account could be mended. */
export type Overview = {
  at: string | null;
  address: string | null;
  hasEmail: boolean;
  secondFactor: boolean;
  codesLeft: number;
};
