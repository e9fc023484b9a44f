import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSip } from '@/components/phone/engine/sip';
import { CREDENTIALS, FakeSession, listener } from './sip-fakes';

const agents: FakeAgent[] = [];

class FakeAgent extends EventEmitter {
  set = vi.fn();
  stop = vi.fn();
  constructor(public settings: { uri: string }) {
    super();
    agents.push(this);
  }
}

vi.mock('@/components/phone/engine/jssip', () => ({
  UA: function UA(settings: { uri: string }) {
    return new FakeAgent(settings);
  },
  WebSocketInterface: class {},
}));

beforeEach(() => {
  agents.length = 0;
  vi.stubGlobal('sessionStorage', undefined);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const open = () => {
  const { told, tell } = listener();
  return { told, sip: openSip(tell, { openMicrophone: async () => null, isColleague: async () => false }) };
};

test.each([
  ['another person', { extension: '207' }],
  ['another domain', { domain: 'new.example' }],
  ['another server', { socket: 'wss://sip.new.example/ws' }],
])('credentials for %s do not cut off who is on the line', async (_, other) => {
  const { told, sip } = open();
  expect(await sip.use(CREDENTIALS)).toBe('begins-anew');
  const session = new FakeSession();
  agents[0]?.emit('newRTCSession', { originator: 'remote', session });
  expect(await sip.use({ ...CREDENTIALS, ...other })).toBe('not-now');
  expect(agents).toHaveLength(1);
  expect(agents[0]?.stop).not.toHaveBeenCalled();
  session.terminate();
  expect(await sip.use({ ...CREDENTIALS, ...other })).toBe('begins-anew');
  expect(agents[0]?.stop).toHaveBeenCalledOnce();
  expect(told.map(({ type }) => type)).toEqual(['incoming', 'over']);
});

test('the same user’s next credentials keep the socket', async () => {
  const { sip } = open();
  await sip.use(CREDENTIALS);
  expect(await sip.use({ ...CREDENTIALS, user: '1800000600:201' })).toBe('goes-on');
  expect(agents).toHaveLength(1);
});
