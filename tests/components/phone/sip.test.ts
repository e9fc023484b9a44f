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
  const { events, dispatch } = listener();
  return { events, sip: openSip(dispatch, { openMicrophone: async () => null, isColleague: async () => false }) };
};

test.each([
  ['another user', { extension: '207' }],
  ['another domain', { domain: 'new.example' }],
  ['another server', { socket: 'wss://sip.new.example/ws' }],
])('credentials for %s do not end a running call', async (_, other) => {
  const { events, sip } = open();
  expect(await sip.use(CREDENTIALS)).toBe('new-agent');
  const session = new FakeSession();
  agents[0]?.emit('newRTCSession', { originator: 'remote', session });
  expect(await sip.use({ ...CREDENTIALS, ...other })).toBe('deferred');
  expect(agents).toHaveLength(1);
  expect(agents[0]?.stop).not.toHaveBeenCalled();
  session.terminate();
  expect(await sip.use({ ...CREDENTIALS, ...other })).toBe('new-agent');
  expect(agents[0]?.stop).toHaveBeenCalledOnce();
  expect(events.map(({ type }) => type)).toEqual(['incoming', 'ended']);
});

test('the same user’s next credentials keep the socket', async () => {
  const { sip } = open();
  await sip.use(CREDENTIALS);
  expect(await sip.use({ ...CREDENTIALS, user: '1800000600:201' })).toBe('same-socket');
  expect(agents).toHaveLength(1);
});
