import { hashToken } from '@/lib/crypto';
import { type Failure, failure } from '@/lib/result';

/**
 * Whom a form was shown to, in its field `as`: a signed-in user, a half-finished sign-in or a
 * mailed link.
 */
const FAILURES = {
  user: failure('other-user'),
  attempt: failure('other-attempt'),
  link: failure('other-link'),
};

/** Thrown where a form belongs to another user, attempt or link than the browser's cookie. */
export class OtherOwner extends Error {
  readonly failure: Failure;
  constructor(owner: keyof typeof FAILURES) {
    super(`the form belongs to another ${owner}`);
    this.failure = FAILURES[owner];
  }
}

/** Throws OtherOwner unless the form was shown to `id`. */
export function requireOwner(form: FormData, owner: keyof typeof FAILURES, id: string) {
  if (form.get('as') !== id) throw new OtherOwner(owner);
}

/**
 * Returns the digest of a mailed link's token for its form; the token itself stays out of the
 * page.
 */
export function linkOwner(token: string) {
  return hashToken(`form|${token}`).toString('base64url');
}
