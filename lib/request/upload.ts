import { z } from 'zod';

const uploads = z.registry<object>();

/**
 * Returns the field of an action's schema that takes one file as it is; undefined where none was
 * chosen.
 */
export function upload() {
  return z.instanceof(File).optional().register(uploads, {});
}

/** Whether a schema's field takes a file. Any other file that is sent counts as not sent. */
export function isUpload(field: z.core.$ZodType | undefined) {
  return field !== undefined && uploads.has(field);
}
