import { days, hours, minutes, seconds } from '@/lib/time';

/**
 * How long each thing lives, in milliseconds. SQL functions write some of these again, which
 * tests/db/lifetimes.test.ts compares.
 */
export const LIFETIMES = {
  /** A sign-in that still lacks a step, of a user or an operator. */
  attempt: minutes(10),
  /** The way of an attempt from the root address to the tenant's. */
  handoff: seconds(60),
  /** One round trip to an identity provider. */
  ssoFlow: minutes(10),
  /** The offer to sign out at the identity provider too. */
  ssoSignOutTicket: minutes(5),
  /** A step-up: what was proved need not be proved again. */
  proof: minutes(10),
  /** A new authenticator app that has not been confirmed. */
  enrollment: minutes(10),
  /** New recovery codes can be read again. */
  newRecoveryCodes: minutes(10),
  /** What the softphone registers with. */
  sipCredentials: minutes(10),

  /** From when its email was sent. */
  resetLink: hours(1),
  emailChangeLink: hours(1),
  /** From when its email was sent or its slip was made. */
  invitation: hours(72),
  /** The cookies that hold the token of a link while its page is open. */
  linkCookie: minutes(15),
  invitationCookie: hours(1),

  /** A temporary password that is emailed; one that an administrator reads out. */
  emailedPassword: hours(1),
  readOutPassword: hours(24),

  operatorSession: hours(8),
  operatorIdle: minutes(30),
  /** A browser that is known, and one that the second factor is not asked in. */
  device: days(180),
  rememberedDevice: days(30),

  auditEvent: days(400),
} as const;
