import { createHash } from 'node:crypto';
import { z } from 'zod';
import { failure } from '@/lib/result';

/** The field `version` of a form that saves. */
export const version = z.string().min(1).max(64);

/** What a form shows of what is saved, by the names of its fields. */
export type Saved = Record<string, string | number | boolean | null>;

/**
 * Returns a short text that only the same saved values have; a form sends it back as `version`. No
 * secret. Pure.
 */
export function stampOf(saved: Saved) {
  const entries = Object.entries(saved).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 22);
}

/**
 * Returns the failure `edit-conflict`, with what is saved now, where the form showed something
 * else; undefined where it is current or `version` is not given (command line). Call it with the
 * row locked.
 */
export function conflictWith(saved: Saved, version: string | undefined) {
  const current = stampOf(saved);
  return version === undefined || version === current
    ? undefined
    : failure('edit-conflict', { saved, version: current });
}
