import type { Locale } from '@/lib/language/locale';

export type AuditQuery = Record<string, string | string[] | undefined>;

/** Whose chain is read, at which address, and by whom: a tenant's administrator or the service provider's operator. */
export type AuditReader = { chain: string; path: string; locale: Locale; timeZone: string };
