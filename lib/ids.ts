import { z } from 'zod';

/**
 * An id as the database writes it: lowercase, with hyphens. Every other spelling of a UUID but
 * capitals is rejected.
 */
export const id = z.guid().toLowerCase();

/**
 * The same in a form: what is no id is read as an id that nothing has, and answered as not found.
 */
export const idOrNone = id.catch('00000000-0000-0000-0000-000000000000');

/** Returns a text as an id, or undefined. */
export function readId(text: unknown) {
  return id.safeParse(text).data;
}

/** Returns whether two ids are the same, whatever their capitals. */
export function isSameId(one: string, other: string | null) {
  return one.toLowerCase() === other?.toLowerCase();
}
