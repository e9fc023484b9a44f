import { seconds } from '@/lib/time';

/**
 * How far a provider's clock may differ from ours, in milliseconds: the same for OpenID Connect and
 * SAML.
 */
export const CLOCK_SKEW = seconds(90);

/** Returns a time in milliseconds; null if it is not positive or lies in the future. */
export function pastMoment(ms: number) {
  return ms > 0 && ms <= Date.now() + CLOCK_SKEW ? ms : null;
}
