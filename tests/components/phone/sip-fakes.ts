import { EventEmitter } from 'node:events';
import type { PhoneEvent } from '@/components/phone/machine/events';
import type { PhoneCredentials } from '@/lib/phone/wire';

/** Stand-ins for JsSIP, without a network. */

export const CREDENTIALS: PhoneCredentials = {
  extension: '201',
  name: 'Milo Tanaka',
  domain: 'kettle.example',
  socket: 'wss://sip.kettle.example/ws',
  user: '1800000000:201',
  secret: { password: 'p' },
  expiresAt: 1_800_000_000,
  iceServers: [],
  country: 'CA',
  otherDomains: false,
  wrapUpSeconds: 30,
};

/** A ringing incoming call. */
export class FakeSession extends EventEmitter {
  remote_identity;
  /** The senders of the microphone's tracks. */
  senders: { track: { kind: string; enabled: boolean; stop: () => void }; replaceTrack: () => Promise<void> }[] = [];
  connection = { close() {}, getSenders: () => this.senders, addEventListener() {}, removeEventListener() {} };
  onAnswer: () => void = () => {};
  hasEnded = false;
  constructor(user = '202', host = 'kettle.example') {
    super();
    this.remote_identity = { uri: { user, host }, display_name: '' };
  }
  isInProgress() {
    return !this.hasEnded;
  }
  isEstablished() {
    return false;
  }
  isEnded() {
    return this.hasEnded;
  }
  answer() {
    this.onAnswer();
  }
  terminate() {
    this.hasEnded = true;
    this.emit('failed', { originator: 'local', message: null });
  }
}

export function listener() {
  const events: PhoneEvent[] = [];
  return { events, dispatch: (event: PhoneEvent) => void events.push(event) };
}
