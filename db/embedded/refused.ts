import { fileProblem } from '@/lib/environment/file-problem';

/**
 * The embedded database cannot or must not start; the message is one line that says how to fix it.
 */
export class EmbeddedRefused extends Error {
  override name = 'EmbeddedRefused';
}

/**
 * Returns the refusal for a file or folder that could not be used, or undefined for any other
 * error.
 */
export function refusedFile(error: unknown, place: string) {
  const problem = fileProblem(error);
  if (!problem) return undefined;
  const path = (error as NodeJS.ErrnoException).path ?? place;
  return new EmbeddedRefused(`GATEHOUSE_DATA: ${path}: ${problem}; fix this, or set GATEHOUSE_DATA to another folder`);
}
