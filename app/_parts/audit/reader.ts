import type { Locale } from '@/lib/language/locale';

export type AuditQuery = Record<string, string | string[] | undefined>;

/** Which audit trail is read, at which path, and by whom: an administrator or an operator. */
export type AuditReader = { chain: string; path: string; locale: Locale; timeZone: string };
