import type { Call, PhoneState, TimerName } from './state';

/** What the engine carries out after a transition. */
export type Effect =
  | { type: 'wait-for-lock' }
  | { type: 'request-take-over' }
  | { type: 'release-lock' }
  | { type: 'announce-busy' }
  | { type: 'check-microphone' }
  | { type: 'request-credentials' }
  | { type: 'connect' }
  | { type: 'drop-socket' }
  | { type: 'register' }
  | { type: 'unregister' }
  | { type: 'close' }
  | { type: 'set-timer'; name: TimerName; ms: number }
  | { type: 'clear-timer'; name: TimerName }
  | { type: 'dial'; id: string; uri: string }
  | { type: 'answer'; id: string }
  | { type: 'refuse'; id: string }
  | { type: 'hang-up'; id: string }
  | { type: 'hold'; id: string }
  | { type: 'resume'; id: string }
  | { type: 'mute'; id: string; muted: boolean }
  | { type: 'tone'; id: string; tone: string }
  | { type: 'transfer'; id: string; uri: string }
  | { type: 'restart-media'; id: string }
  | { type: 'look-up-name'; id: string; extension: string }
  | { type: 'store-call'; call: Call }
  | { type: 'leave'; why: string | null }
  | { type: 'reload' };

export type Transition = { phone: PhoneState; effects: Effect[] };
