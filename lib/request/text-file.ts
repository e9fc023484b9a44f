import { z } from 'zod';

/** In bytes, and for text that is pasted instead, in characters. A provider's metadata has a few thousand. */
export const LONGEST_TEXT_FILE = 128 * 1024;

const textFiles = z.registry<object>();

/** Promises the field of an action's schema that takes one small text file: it reads as the file's text, empty where none was chosen. */
export function textFile() {
  return z.string().max(LONGEST_TEXT_FILE).register(textFiles, {});
}

const uploads = z.registry<object>();

/** Promises the field of an action's schema that takes one file as it is; undefined where none was chosen. */
export function upload() {
  return z.instanceof(File).optional().register(uploads, {});
}

/** Whether a schema's field takes a file as it is. */
export function isUpload(field: z.core.$ZodType | undefined) {
  return field !== undefined && uploads.has(field);
}

/** Whether a schema's field takes a file. Any other file that is sent counts as not sent. */
export function isTextFile(field: z.core.$ZodType | undefined) {
  return field !== undefined && textFiles.has(field);
}
