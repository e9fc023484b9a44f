import type { MicrophoneState, PhoneAccount, TimerName } from './state';

/** Everything that can happen to the phone: commands of the user, and reports of the adapters. */
export type PhoneEvent =
  | { type: 'start'; online: boolean }
  | { type: 'lock-held' }
  | { type: 'lock-elsewhere'; busy: boolean }
  | { type: 'lock-lost' }
  | { type: 'take-over' }
  | { type: 'take-over-requested' }
  | { type: 'microphone'; status: MicrophoneState; call?: string }
  | { type: 'credentials'; account: PhoneAccount; sameSocket: boolean }
  | { type: 'credentials-refused'; error: 'signed-out' | 'no-phone' | 'old-page'; why: string | null }
  | { type: 'credentials-unavailable' }
  | { type: 'socket-open' }
  | { type: 'socket-closed' }
  | { type: 'registered' }
  | { type: 'registration-failed'; status: number | null }
  | { type: 'expiring' }
  | { type: 'online' }
  | { type: 'offline' }
  | { type: 'wake' }
  | { type: 'timer'; name: TimerName }
  | { type: 'retry' }
  | { type: 'session-ended'; why: string | null }
  | { type: 'signed-in' }
  | { type: 'sign-out' }
  | { type: 'dial'; id: string; peer: string; peerName: string | null; uri: string }
  | { type: 'incoming'; id: string; peer: string; peerName: string | null }
  | { type: 'referred'; id: string; peer: string }
  | { type: 'name-found'; id: string; name: string }
  | { type: 'progress'; id: string }
  | { type: 'answered'; id: string }
  | { type: 'ended'; id: string; by: 'local' | 'remote' | 'system'; status: number | null; elsewhere?: boolean }
  | { type: 'answer'; id: string }
  | { type: 'reject'; id: string }
  | { type: 'hang-up'; id: string }
  | { type: 'hold'; id: string }
  | { type: 'resume'; id: string }
  | { type: 'held'; id: string; held: boolean }
  | { type: 'hold-failed'; id: string }
  | { type: 'remote-hold'; id: string; held: boolean }
  | { type: 'mute'; id: string; muted: boolean }
  | { type: 'tone'; id: string; tone: string }
  | { type: 'transfer'; id: string; uri: string }
  | { type: 'transfer-accepted'; id: string }
  | { type: 'transfer-failed'; id: string }
  | { type: 'media'; id: string; status: 'fine' | 'interrupted' }
  | { type: 'finish-wrap-up' };

export type EventOf<Type extends PhoneEvent['type']> = Extract<PhoneEvent, { type: Type }>;
