import { AUDIT_EVENTS, type AuditEvent } from '@/lib/audit/events';
import { canonicalAddress } from '@/lib/network/addresses';
import { plainText } from '@/lib/text';

/** Which events of a chain are meant. Days are days of `timeZone`, both included. */
export type AuditFilter = {
  /** The actor or the subject. */
  person?: string;
  events?: readonly AuditEvent[];
  from?: string;
  to?: string;
  address?: string;
  timeZone?: string;
};

/** Returns the filter in a URL's query, without invalid parts. Pure. */
export function filterFrom(query: Record<string, string | string[] | undefined>, timeZone: string): AuditFilter {
  const said = (name: string) => (typeof query[name] === 'string' ? plainText(query[name].trim(), 100) : '');
  const event = AUDIT_EVENTS.find((known) => known === said('event'));
  // What is no address finds nothing: a filter that is shown and does not hold would mislead.
  const address = canonicalAddress(said('address')) ?? said('address').toLowerCase();
  return {
    timeZone,
    ...(event && { events: [event] }),
    ...(isDay(said('from')) && { from: said('from') }),
    ...(isDay(said('to')) && { to: said('to') }),
    ...(address && { address }),
  };
}

function isDay(text: string) {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^(19|20)\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
