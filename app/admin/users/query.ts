import { plainText } from '@/lib/text';
import { FILTERS, type Filter } from '@/lib/users/filters';
import { SORTS, type Sort } from '@/lib/users/list';

export type Query = Record<string, string | string[] | undefined>;

/** Returns the query of a list's address, without unknown parameters and values. */
export function filterOf(query: Query): Filter & { q: string } {
  const filters = Object.entries(FILTERS).flatMap(([name, options]) => {
    const value = query[name];
    return (options as readonly unknown[]).includes(value) ? [[name, value] as const] : [];
  });
  const q = typeof query.q === 'string' ? query.q : '';
  return {
    ...Object.fromEntries(filters),
    q: plainText(q, 80).trim(),
  };
}

export function sortOf(query: Query): Sort {
  return SORTS.find((sort) => sort === query.sort) ?? 'name';
}

/** Returns the address of a query. */
export function addressOf(path: string, filter: Filter, more: Record<string, string | undefined> = {}) {
  const given = Object.entries({ ...filter, ...more }).filter(([, value]) => value);
  const query = new URLSearchParams(given as [string, string][]).toString();
  return query ? `${path}?${query}` : path;
}
