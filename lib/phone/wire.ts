/** What the softphone in the browser and the portal say to each other. Pure; times are ISO 8601 unless a unit is named. */

/** `POST /api/phone/credentials`: what the softphone registers with, good for ten minutes. */
export type PhoneCredentials = {
  extension: string;
  /** The person's own name, as colleagues see it. */
  name: string;
  /** The SIP domain, which is the digest realm too. */
  domain: string;
  /** The address of the SIP server's WebSocket. */
  socket: string;
  /** The digest user name: the extension, or `<expiry in Unix seconds>:<extension>`. */
  user: string;
  secret: { password: string } | { ha1: string };
  /** When to have asked again, in Unix seconds. */
  expiresAt: number;
  iceServers: { urls: string[]; username?: string; credential?: string }[];
  /** Where a number without a country code is at home: ISO 3166-1 alpha-2. */
  country: string;
  /** Whether addresses of other SIP domains may be called. */
  otherDomains: boolean;
  /** How long the time after a call counts as part of it. */
  wrapUpSeconds: number;
};

/** What every address below answers instead: 401 `signed-out` with why, 403 `no-phone` or `foreign`, 400 `invalid`, 429 and 503 for later. */
export type PhoneRefusal = {
  error: 'signed-out' | 'no-phone' | 'too-many' | 'unavailable' | 'foreign' | 'invalid';
  why?: string;
};

/** `GET /api/phone/colleagues?q=&page=`: active people of the company who have an extension, himself left out; twenty a page, from page 1. */
export type Colleague = { name: string; extension: string };
export type Colleagues = { people: Colleague[]; more: boolean };

/** `POST /api/phone/calls?of=<own extension>` with one call that is over (the same id again changes nothing; answered 204, 403 `foreign` where somebody else is signed in by now); GET promises `RecentCalls`. */
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

/** The latest fifty, the latest first. */
export type RecentCalls = { calls: EndedCall[] };

/** `POST /api/phone/busy`: a call rings, runs or is wrapped up; said at its begin and every minute of it. */
export type BusyAnswer = { live: boolean; msLeft: number; why?: string };
