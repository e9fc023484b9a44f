import { step } from '@/components/phone/machine/machine';
import { type Account, type Effect, FIRST, type Happening, type Phone } from '@/components/phone/machine/state';

export const START = Date.parse('2026-03-02T14:00:00Z');

export const MILO: Account = {
  extension: '202',
  name: 'Milo Tanaka',
  domain: 'tenant.test',
  country: 'CA',
  otherDomains: false,
  wrapUpSeconds: 30,
  expiresAt: START + 600_000,
};

/** A phone to which things happen one after the other; it remembers what it wanted done last, and since the beginning. */
export function newPhone(from: Phone = FIRST) {
  let phone = from;
  let last: Effect[] = [];
  const all: Effect[] = [];
  let now = START;
  const game = {
    get phone() {
      return phone;
    },
    get state() {
      const { is, ...more } = phone.registration;
      return Object.values({ is, ...more }).join(' ');
    },
    /** What the last happening wants done. */
    get effects() {
      return last.map((effect) => effect.do);
    },
    get wants() {
      return last;
    },
    get all() {
      return all;
    },
    get now() {
      return now;
    },
    wait(ms: number) {
      now += ms;
      return game;
    },
    tell(...happenings: Happening[]) {
      last = [];
      for (const happening of happenings) {
        const { phone: next, effects } = step(phone, happening, { now, random: 0.5 });
        phone = next;
        last.push(...effects);
      }
      all.push(...last);
      return game;
    },
    call(id: string) {
      const call = phone.calls.find((one) => one.id === id);
      if (!call) throw new Error(`no call ${id}`);
      return call;
    },
  };
  return game;
}

export const credentials = (account: Partial<Account> = {}, sameSocket = true) =>
  ({ type: 'credentials', account: { ...MILO, ...account }, sameSocket }) as const;

/** A phone that is registered. */
export function readyPhone(account: Partial<Account> = {}) {
  return newPhone().tell(
    { type: 'start', online: true },
    { type: 'lock-held' },
    { type: 'microphone', is: 'granted' },
    credentials(account),
    { type: 'socket-open' },
    { type: 'registered' },
  );
}

/** A phone that is on the line with Ruth, who called. */
export function talkingPhone(account: Partial<Account> = {}) {
  return readyPhone(account).tell(
    { type: 'incoming', id: 'ruth', peer: '207', peerName: 'Ruth' },
    { type: 'answer', id: 'ruth' },
    { type: 'answered', id: 'ruth' },
  );
}
