import type { AuditQuery } from '@/app/_parts/audit/reader';
import { plainText } from '@/lib/text';

const FILTERS = ['person', 'event', 'from', 'to', 'address'] as const;

/** Returns the address of the trail with the filters of `query` and other parameters. */
export function addressOf(path: string, query: AuditQuery, more: Record<string, string> = {}) {
  const parameters = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query[name];
    if (typeof value === 'string' && value.trim()) parameters.set(name, plainText(value.trim(), 200));
  }
  for (const [name, value] of Object.entries(more)) parameters.set(name, value);
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}
