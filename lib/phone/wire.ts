/** The API between the softphone and the portal. Times are ISO 8601 unless a unit is named. */

/** `POST /api/phone/credentials`: SIP credentials, valid for ten minutes. */
export type PhoneCredentials = {
  extension: string;
  /** The user's name, as colleagues see it. */
  name: string;
  /** The SIP domain, which is the digest realm too. */
  domain: string;
  /** The address of the SIP server's WebSocket. */
  socket: string;
  /** The digest user name: the extension, or `<expiry in Unix seconds>:<extension>`. */
  user: string;
  secret: { password: string } | { ha1: string };
  /** In Unix seconds. */
  expiresAt: number;
  iceServers: { urls: string[]; username?: string; credential?: string }[];
  /** The country of numbers without a country code: ISO 3166-1 alpha-2. */
  country: string;
  /** Whether addresses of other SIP domains may be called. */
  otherDomains: boolean;
  /** How long the wrap-up after a call lasts. */
  wrapUpSeconds: number;
};

/** The error of every route: 401 `signed-out`, 403 `no-phone` or `foreign`, 400, 429, 503. */
export type PhoneRefusal = {
  error: 'signed-out' | 'no-phone' | 'too-many' | 'unavailable' | 'foreign' | 'invalid';
  why?: string;
};

/**
 * `GET /api/phone/colleagues?q=&page=`: active users with an extension, without the user; 20 a
 * page, from 1.
 */
export type Colleague = { name: string; extension: string };
export type Colleagues = { people: Colleague[]; more: boolean };

/**
 * `POST /api/phone/calls?of=<own extension>` stores an ended call: 204, also for an id stored
 * before, or 403 `foreign` where another user is signed in. `GET /api/phone/calls` returns
 * `RecentCalls`.
 */
export type EndedCall = {
  id: string;
  direction: 'in' | 'out';
  outcome: 'answered' | 'missed' | 'rejected' | 'elsewhere' | 'busy' | 'no-answer' | 'failed' | 'cancelled';
  /** An extension, a number in E.164, or `user@domain`. */
  peer: string;
  peerName: string | null;
  startedAt: string;
  answeredAt: string | null;
  endedAt: string;
};

/** The latest 50, newest first. */
export type RecentCalls = { calls: EndedCall[] };

/** `POST /api/phone/busy`: sent at the start of a call and every minute until its wrap-up ends. */
export type BusyAnswer = { live: boolean; msLeft: number; why?: string };
