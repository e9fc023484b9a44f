/** What the phone is, what can happen to it and what it then wants done. Pure types; times are milliseconds since 1970. */

export type Connecting =
  | 'first'
  | 'registering'
  | 'server-away'
  | 'server-trouble'
  | 'offline'
  | 'portal-away'
  | 'woke'
  | 'renewing';

export type Registration =
  | { is: 'starting' }
  | { is: 'elsewhere'; busy: boolean; asked: boolean }
  | { is: 'no-microphone'; why: 'blocked' | 'missing' | 'unsupported' }
  | { is: 'connecting'; why: Connecting }
  | { is: 'ready' }
  | { is: 'not-allowed'; why: 'refused' | 'no-phone' | 'other-person' | 'old-page' }
  | { is: 'signed-out' };

export type Microphone = 'unknown' | 'granted' | 'prompt' | 'blocked' | 'missing' | 'unsupported';

/** The credentials without the secret, which only the SIP adapter holds. */
export type Account = {
  extension: string;
  name: string;
  domain: string;
  country: string;
  otherDomains: boolean;
  wrapUpSeconds: number;
  expiresAt: number;
};

export type Outcome =
  | 'answered'
  | 'missed'
  | 'rejected'
  | 'elsewhere'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'cancelled'
  | 'unknown-number';

export type Call = {
  id: string;
  direction: 'in' | 'out';
  /** An extension, a number in E.164, or `user@domain`. */
  peer: string;
  peerName: string | null;
  phase: 'dialling' | 'ringing' | 'incoming' | 'answering' | 'running' | 'transferring' | 'ended';
  held: boolean;
  heldByOther: boolean;
  muted: boolean;
  media: 'fine' | 'interrupted';
  /** Whether sound has come through at all. */
  heard: boolean;
  /** What went wrong last without ending the call. */
  trouble: 'hold' | 'transfer' | 'microphone' | null;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  outcome: Outcome | null;
};

export type Phone = {
  registration: Registration;
  account: Account | null;
  socket: 'closed' | 'opening' | 'open';
  microphone: Microphone;
  online: boolean;
  /** Whether this tab is the phone. */
  isHere: boolean;
  /** Attempts to connect since it last went well. */
  attempt: number;
  /** Refusals by the SIP server since it last went well. */
  refusals: number;
  calls: Call[];
  wrapUp: { call: Call; until: number } | null;
  session: 'live' | 'over';
  /** Why the portal's session ended, for the page to sign in again. */
  why: string | null;
  /** When calls were let in of late, for the limit. */
  admitted: number[];
};

export type Timer = 'connect' | 'give-up' | 'ask' | 'renew' | 'wrap-up' | `forget:${string}` | `transfer:${string}`;

export type Happening =
  | { type: 'start'; online: boolean }
  | { type: 'lock-held' }
  | { type: 'lock-elsewhere'; busy: boolean }
  | { type: 'lock-lost' }
  | { type: 'take-over' }
  | { type: 'take-over-asked' }
  | { type: 'microphone'; is: Microphone; call?: string }
  | { type: 'credentials'; account: Account; sameSocket: boolean }
  | { type: 'credentials-refused'; error: 'signed-out' | 'no-phone' | 'old-page'; why: string | null }
  | { type: 'credentials-later' }
  | { type: 'socket-open' }
  | { type: 'socket-closed' }
  | { type: 'registered' }
  | { type: 'registration-failed'; status: number | null }
  | { type: 'expiring' }
  | { type: 'online' }
  | { type: 'offline' }
  | { type: 'woke' }
  | { type: 'timer'; name: Timer }
  | { type: 'retry' }
  | { type: 'session-over'; why: string | null }
  | { type: 'signed-in-again' }
  | { type: 'sign-out' }
  | { type: 'dial'; id: string; peer: string; peerName: string | null; uri: string }
  | { type: 'incoming'; id: string; peer: string; peerName: string | null }
  | { type: 'transferred'; id: string; peer: string }
  | { type: 'named'; id: string; name: string }
  | { type: 'progress'; id: string }
  | { type: 'answered'; id: string }
  | { type: 'over'; id: string; by: 'us' | 'them' | 'system'; status: number | null; elsewhere?: boolean }
  | { type: 'answer'; id: string }
  | { type: 'reject'; id: string }
  | { type: 'hang-up'; id: string }
  | { type: 'hold'; id: string }
  | { type: 'resume'; id: string }
  | { type: 'held'; id: string; held: boolean }
  | { type: 'hold-failed'; id: string }
  | { type: 'held-by-other'; id: string; held: boolean }
  | { type: 'mute'; id: string; muted: boolean }
  | { type: 'tone'; id: string; tone: string }
  | { type: 'transfer'; id: string; uri: string }
  | { type: 'transfer-accepted'; id: string }
  | { type: 'transfer-failed'; id: string }
  | { type: 'media'; id: string; is: 'fine' | 'interrupted' }
  | { type: 'wrapped-up' };

export type Effect =
  | { do: 'wait-for-lock' }
  | { do: 'ask-take-over' }
  | { do: 'release-lock' }
  | { do: 'say-busy' }
  | { do: 'look-at-microphone' }
  | { do: 'ask-credentials' }
  | { do: 'connect' }
  | { do: 'drop-socket' }
  | { do: 'register' }
  | { do: 'unregister' }
  | { do: 'close' }
  | { do: 'after'; name: Timer; ms: number }
  | { do: 'forget'; name: Timer }
  | { do: 'dial'; id: string; uri: string }
  | { do: 'answer'; id: string }
  | { do: 'refuse'; id: string }
  | { do: 'hang-up'; id: string }
  | { do: 'hold'; id: string }
  | { do: 'resume'; id: string }
  | { do: 'mute'; id: string; muted: boolean }
  | { do: 'tone'; id: string; tone: string }
  | { do: 'transfer'; id: string; uri: string }
  | { do: 'restart-media'; id: string }
  | { do: 'look-up-name'; id: string; extension: string }
  | { do: 'keep'; call: Call }
  | { do: 'leave'; why: string | null }
  | { do: 'reload' };

export type Step = { phone: Phone; effects: Effect[] };

export const FIRST: Phone = {
  registration: { is: 'starting' },
  account: null,
  socket: 'closed',
  microphone: 'unknown',
  online: true,
  isHere: false,
  attempt: 0,
  refusals: 0,
  calls: [],
  wrapUp: null,
  session: 'live',
  why: null,
  admitted: [],
};

/** Calls that ring, run, or are about to. */
export function liveCalls(phone: Phone) {
  return phone.calls.filter((call) => call.phase !== 'ended');
}

/** Whether leaving the page would cut somebody off. */
export function isCalling(phone: Phone) {
  return liveCalls(phone).length > 0;
}

/** Whether the idle clock stands still: a call rings, runs or is wrapped up. */
export function isBusy(phone: Phone) {
  return isCalling(phone) || phone.wrapUp !== null;
}
