import { seconds } from '@/lib/time';

/**
 * How far a provider's clock may differ from ours, in milliseconds: the same for OpenID Connect and
 * SAML.
 */
export const CLOCK_SKEW = seconds(90);
