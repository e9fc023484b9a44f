import type { Effect } from '@/components/phone/machine/effects';
import type { PhoneEvent } from '@/components/phone/machine/events';
import { transition } from '@/components/phone/machine/machine';
import { INITIAL_STATE, type PhoneAccount, type PhoneState } from '@/components/phone/machine/state';

export const START = Date.parse('2026-03-02T14:00:00Z');

export const MILO: PhoneAccount = {
  extension: '202',
  name: 'Milo Tanaka',
  domain: 'tenant.test',
  country: 'CA',
  otherDomains: false,
  wrapUpSeconds: 30,
  expiresAt: START + 600_000,
};

/**
 * A phone that is driven event by event. It records the effects of the last dispatch, and all since
 * the start.
 */
export function newPhone(from: PhoneState = INITIAL_STATE) {
  let phone = from;
  let last: Effect[] = [];
  const all: Effect[] = [];
  let now = START;
  const driver = {
    get phone() {
      return phone;
    },
    get state() {
      const { state, ...details } = phone.registration;
      return Object.values({ state, ...details }).join(' ');
    },
    /** The types of the effects of the last dispatch. */
    get effects() {
      return last.map((effect) => effect.type);
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
      return driver;
    },
    dispatch(...events: PhoneEvent[]) {
      last = [];
      for (const event of events) {
        const { phone: next, effects } = transition(phone, event, { now, random: 0.5 });
        phone = next;
        last.push(...effects);
      }
      all.push(...last);
      return driver;
    },
    call(id: string) {
      const call = phone.calls.find((item) => item.id === id);
      if (!call) throw new Error(`no call ${id}`);
      return call;
    },
  };
  return driver;
}

export const credentials = (account: Partial<PhoneAccount> = {}, sameSocket = true) =>
  ({ type: 'credentials', account: { ...MILO, ...account }, sameSocket }) as const;

/** A phone that is registered. */
export function readyPhone(account: Partial<PhoneAccount> = {}) {
  return newPhone().dispatch(
    { type: 'start', online: true },
    { type: 'lock-held' },
    { type: 'microphone', status: 'granted' },
    credentials(account),
    { type: 'socket-open' },
    { type: 'registered' },
  );
}

/** A phone in a call with Ruth, who called. */
export function talkingPhone(account: Partial<PhoneAccount> = {}) {
  return readyPhone(account).dispatch(
    { type: 'incoming', id: 'ruth', peer: '207', peerName: 'Ruth' },
    { type: 'answer', id: 'ruth' },
    { type: 'answered', id: 'ruth' },
  );
}
