import type { PortalVisit } from '@/app/_parts/portal-frame';

/** Formats a value from a provider: times in the reader's time zone, all else unchanged. */
export function showValue(name: string, value: string, { locale, timeZone }: Pick<PortalVisit, 'locale' | 'timeZone'>) {
  const at = momentIn(name, value);
  if (!at) return value;
  const shape = { dateStyle: 'long', timeStyle: 'long', timeZone } as const;
  return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-CA' : 'en-CA', shape).format(at);
}

/** ISO 8601 as SAML writes it, and the seconds of a token's claims (RFC 7519). */
function momentIn(name: string, value: string) {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return new Date(value);
  if (/^(iat|nbf|exp|auth_time)$/.test(name) && /^\d{9,10}$/.test(value)) return new Date(Number(value) * 1000);
}
