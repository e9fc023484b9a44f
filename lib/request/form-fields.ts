import type { z } from 'zod';
import { isUpload } from '@/lib/request/upload';
import { truncate } from '@/lib/text';

type Shape = z.ZodObject;

/**
 * Only fields sent once and as text; a repeated one, a file or a prototype's name counts as not
 * sent.
 */
export function singles(form: FormData | URLSearchParams) {
  const sent = new Map<string, string | null>();
  // One way through: a form may hold as many names as its size lets it.
  for (const [name, value] of form)
    sent.set(name, typeof value === 'string' && !sent.has(name) ? withoutNul(name, value) : null);
  return [...sent].filter((field): field is [string, string] => field[1] !== null && !field[0].startsWith('$ACTION'));
}

/** No column can hold NUL. Passwords keep it: they are hashed exactly as typed. */
function withoutNul(name: string, value: string) {
  return SECRET_FIELD.test(name) ? value : value.replaceAll('\0', '');
}

/** The files that the schema takes as they are: one each, and with something in it. */
export function uploads(form: FormData, { shape }: Shape) {
  return Object.fromEntries(
    Object.keys(shape)
      .filter((name) => isUpload(shape[name]))
      .map((name) => [name, form.getAll(name)] as const)
      .map(([name, [file, ...more]]) => [
        name,
        file instanceof File && file.size > 0 && more.length === 0 ? file : undefined,
      ]),
  );
}

const SECRET_FIELD = /password|repeat|current|code|token|secret|^as$|^return_to$|^proof$/i;

/**
 * What the person typed, to be shown again, as long as its field may be: never a password or a
 * code.
 */
export function echo(form: FormData | URLSearchParams, { shape }: Shape) {
  const kept = singles(form).filter(([name]) => !SECRET_FIELD.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, truncate(value, longest(shape[name]))]));
}

function longest(field: z.core.$ZodType | undefined) {
  const most = field && 'maxLength' in field ? Number(field.maxLength) : 0;
  return Math.max(most, 400);
}
