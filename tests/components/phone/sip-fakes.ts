import { EventEmitter } from 'node:events';
import type { Happening } from '@/components/phone/machine/state';
import type { PhoneCredentials } from '@/lib/phone/wire';

/** What JsSIP would give, without a network. */

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

/** A call from somebody, that rings. */
export class FakeSession extends EventEmitter {
  remote_identity;
  /** Of the microphone's tracks. */
  senders: { track: { kind: string; enabled: boolean; stop: () => void }; replaceTrack: () => Promise<void> }[] = [];
  connection = { close() {}, getSenders: () => this.senders, addEventListener() {}, removeEventListener() {} };
  answers: () => void = () => {};
  over = false;
  constructor(user = '202', host = 'kettle.example') {
    super();
    this.remote_identity = { uri: { user, host }, display_name: '' };
  }
  isInProgress() {
    return !this.over;
  }
  isEstablished() {
    return false;
  }
  isEnded() {
    return this.over;
  }
  answer() {
    this.answers();
  }
  terminate() {
    this.over = true;
    this.emit('failed', { originator: 'local', message: null });
  }
}

export function listener() {
  const told: Happening[] = [];
  return { told, tell: (happening: Happening) => void told.push(happening) };
}
