import type { EndedCall, PhoneCredentials } from '@/lib/phone/wire';
import type { Account, Happening, Microphone } from './state';

export type Tell = (happening: Happening) => void;

/** The SIP side: one registration over one socket, and the calls on it by their ids. */
export type Sip = {
  /** Takes new credentials. Promises whether the open socket goes on with them, or they must wait for the end of a call. */
  use: (credentials: PhoneCredentials) => Promise<'goes-on' | 'begins-anew' | 'not-now'>;
  connect: () => void;
  /** Drops the socket without a word about it: the calls stay. */
  drop: () => void;
  register: () => void;
  unregister: () => void;
  /** Unregisters, and closes the socket behind it. */
  close: () => Promise<void>;
  dial: (id: string, uri: string, stream: MediaStream) => void;
  answer: (id: string, stream: MediaStream) => void;
  refuse: (id: string) => void;
  hangUp: (id: string) => void;
  hold: (id: string) => void;
  resume: (id: string) => void;
  mute: (id: string, muted: boolean) => void;
  tone: (id: string, tone: string) => void;
  transfer: (id: string, uri: string) => void;
  restartMedia: (id: string) => void;
  /** Speaks through another microphone from now on. */
  speakThrough: (id: string, stream: MediaStream) => void;
  connectionOf: (id: string) => RTCPeerConnection | undefined;
};

/** Which tab is the phone. */
export type TabLock = {
  wait: () => void;
  takeOver: () => void;
  release: () => void;
  sayBusy: () => void;
};

export type Asked =
  /** `aheadMs`: how far the portal's clock is ahead of this computer's. */
  | { ok: true; credentials: PhoneCredentials; aheadMs: number }
  | { ok: false; because: 'signed-out' | 'no-phone' | 'later'; why: string | null };

/** What the phone asks of the portal. */
export type Portal = {
  credentials: () => Promise<Asked>;
  nameOf: (extension: string) => Promise<string | null>;
  keep: (call: EndedCall) => Promise<void>;
  /** Promises whether the session lives, without keeping it alive; null where nobody could say. */
  isLive: () => Promise<boolean | null>;
  /** Says that a call goes on. Promises whether the session lives; null where nobody could say. */
  busy: () => Promise<{ live: boolean; why: string | null } | null>;
};

export type Microphones = {
  /** Looks without asking for permission, and tells whenever it changes. */
  look: () => Promise<Microphone>;
  /** Asks for permission where there is none yet. */
  open: () => Promise<{ ok: true; stream: MediaStream } | { ok: false; is: Microphone }>;
};

/** Promises what everybody may know of the credentials, by this computer's clock. Pure. */
export function accountOf(credentials: PhoneCredentials, aheadMs: number): Account {
  const { extension, name, domain, country, otherDomains, wrapUpSeconds, expiresAt } = credentials;
  return { extension, name, domain, country, otherDomains, wrapUpSeconds, expiresAt: expiresAt * 1000 - aheadMs };
}
