import type { PhoneEvent } from '@/components/phone/machine/events';
import type { MicrophoneState } from '@/components/phone/machine/state';
import type { EndedCall, PhoneCredentials } from '@/lib/phone/wire';

export type Dispatch = (event: PhoneEvent) => void;

/** One SIP registration over one socket, and its calls by id. */
export type Sip = {
  /** Sets credentials. Resolves to `deferred` where a running call still needs the old ones. */
  use: (credentials: PhoneCredentials) => Promise<'same-socket' | 'new-agent' | 'deferred'>;
  connect: () => void;
  /** Closes the socket without reporting it. The calls stay. */
  drop: () => void;
  register: () => void;
  unregister: () => void;
  /** Unregisters, then closes the socket. */
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
  /** Replaces the microphone's track. */
  replaceMicrophone: (id: string, stream: MediaStream) => void;
  connectionOf: (id: string) => RTCPeerConnection | undefined;
};

/** Decides which tab is the phone. */
export type TabLock = {
  wait: () => void;
  takeOver: () => void;
  release: () => void;
  announceBusy: () => void;
};

export type CredentialsResult =
  /** `aheadMs`: how far the portal's clock is ahead of this computer's. */
  | { ok: true; credentials: PhoneCredentials; aheadMs: number }
  | { ok: false; error: 'signed-out' | 'no-phone' | 'unavailable'; why: string | null };

/** The requests to the portal. None of them rejects. */
export type Portal = {
  credentials: () => Promise<CredentialsResult>;
  nameOf: (extension: string) => Promise<string | null>;
  storeCall: (call: EndedCall) => Promise<void>;
  /** Resolves to whether the session lives, without extending it; null where unknown. */
  isLive: () => Promise<boolean | null>;
  /** Extends the session during a call. Resolves to whether it lives; null where unknown. */
  reportBusy: () => Promise<{ live: boolean; why: string | null } | null>;
};

export type Microphones = {
  /** Checks without prompting, and reports later changes. */
  check: () => Promise<MicrophoneState>;
  /** Opens the chosen microphone, prompting where permission is missing. */
  open: () => Promise<{ ok: true; stream: MediaStream } | { ok: false; status: MicrophoneState }>;
};
