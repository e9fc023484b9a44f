/** The state of the phone. Times are milliseconds since 1970. */

export type ConnectingReason =
  | 'first'
  | 'registering'
  | 'server-unreachable'
  | 'server-error'
  | 'offline'
  | 'portal-unreachable'
  | 'wake'
  | 'renewing';

export type RegistrationState =
  | { state: 'starting' }
  | { state: 'elsewhere'; busy: boolean; requested: boolean }
  | { state: 'no-microphone'; why: 'blocked' | 'missing' | 'unsupported' }
  | { state: 'connecting'; why: ConnectingReason }
  | { state: 'ready' }
  | { state: 'not-allowed'; why: 'refused' | 'no-phone' | 'other-user' | 'old-page' }
  | { state: 'signed-out' };

export type MicrophoneState = 'unknown' | 'granted' | 'prompt' | 'blocked' | 'missing' | 'unsupported';

/** The credentials without their secret, which only the SIP adapter holds. */
export type PhoneAccount = {
  extension: string;
  name: string;
  domain: string;
  country: string;
  otherDomains: boolean;
  wrapUpSeconds: number;
  expiresAt: number;
};

export type CallOutcome =
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
  isHeldByOther: boolean;
  muted: boolean;
  media: 'fine' | 'interrupted';
  /** Whether media has connected at least once. */
  heard: boolean;
  /** The last failure that did not end the call. */
  trouble: 'hold' | 'transfer' | 'microphone' | null;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  outcome: CallOutcome | null;
};

export type PhoneState = {
  registration: RegistrationState;
  account: PhoneAccount | null;
  socket: 'closed' | 'opening' | 'open';
  microphone: MicrophoneState;
  online: boolean;
  /** Whether this tab holds the lock, and so is the phone of the browser. */
  isActiveTab: boolean;
  /** Failed attempts to connect since the last success, for the backoff. */
  attempt: number;
  /** Refusals by the registrar since the last registration. */
  refusals: number;
  calls: Call[];
  wrapUp: { call: Call; until: number } | null;
  session: 'live' | 'ended';
  /** Why the portal's session ended, for the sign-in page. */
  why: string | null;
  /** When the calls of the last minute were admitted, for the limit. */
  admissions: number[];
};

export type TimerName =
  | 'connect'
  | 'connect-timeout'
  | 'request'
  | 'renew'
  | 'wrap-up'
  | `remove:${string}`
  | `transfer:${string}`;

export const INITIAL_STATE: PhoneState = {
  registration: { state: 'starting' },
  account: null,
  socket: 'closed',
  microphone: 'unknown',
  online: true,
  isActiveTab: false,
  attempt: 0,
  refusals: 0,
  calls: [],
  wrapUp: null,
  session: 'live',
  why: null,
  admissions: [],
};

/** Returns the calls that have not ended. */
export function liveCalls(phone: PhoneState) {
  return phone.calls.filter((call) => call.phase !== 'ended');
}

/** Returns whether leaving the page would end a call. */
export function isCalling(phone: PhoneState) {
  return liveCalls(phone).length > 0;
}

/** Returns whether the idle limit is suspended: during a call and its wrap-up. */
export function isBusy(phone: PhoneState) {
  return isCalling(phone) || phone.wrapUp !== null;
}
