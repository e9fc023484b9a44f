import { afterEach, expect, test, vi } from 'vitest';
import { sipCalls } from '@/components/phone/engine/sip-calls';
import { CREDENTIALS, FakeSession, listener } from './sip-fakes';

afterEach(() => {
  vi.unstubAllGlobals();
});

function track() {
  return { kind: 'audio', enabled: true, stop: vi.fn() };
}

function streamOf(one: ReturnType<typeof track>) {
  return { getTracks: () => [one], getAudioTracks: () => [one] } as unknown as MediaStream;
}

function onTheLine() {
  const { told, tell } = listener();
  const openMicrophone = vi.fn(async () => streamOf(track()));
  const side = () => ({ ua: undefined, credentials: CREDENTIALS, isOpen: true });
  const calls = sipCalls(tell, side, { openMicrophone, isColleague: async (extension) => extension === '207' });
  const session = new FakeSession();
  calls.receive(session as never);
  const [first] = told.splice(0);
  const id = first?.type === 'incoming' ? first.id : '';
  return { told, calls, session, id, openMicrophone };
}

type Uri = { user: string; host?: string; replaces?: string };

/** Whoever is on the line sends us on. Promises whether we go. */
async function sendOn(session: FakeSession, { user, host = 'kettle.example', replaces }: Uri, accepts = () => {}) {
  const accept = vi.fn(accepts);
  const reject = vi.fn();
  const clearParams = vi.fn();
  const uri = {
    user,
    host,
    clearParams,
    getHeader: () => (replaces === undefined ? undefined : [replaces]),
    hasHeader: () => replaces !== undefined,
  };
  session.emit('refer', { request: { refer_to: { uri } }, accept, reject });
  await vi.waitFor(() => expect(accept.mock.calls.length + reject.mock.calls.length).toBeGreaterThan(0));
  return { goes: accept.mock.calls.length === 1 && reject.mock.calls.length === 0, clearParams };
}

test('nobody is sent on but to a colleague: not to the police, not to a number that costs, not out of the company', async () => {
  const { session, told, openMicrophone } = onTheLine();
  for (const user of ['911', '9005551234', '0114412345', '208'])
    expect([user, (await sendOn(session, { user })).goes]).toEqual([user, false]);
  expect((await sendOn(session, { user: '207', host: 'evil.example' })).goes).toBe(false);
  expect([told, openMicrophone.mock.calls.length]).toEqual([[], 0]);
  const gone = await sendOn(session, { user: '207' });
  expect([gone.goes, gone.clearParams.mock.calls.length]).toEqual([true, 1]);
  expect(told).toMatchObject([{ type: 'transferred', peer: '207' }]);
});

test('the other party can transfer once, and cannot inject header lines', async () => {
  const { session, told } = onTheLine();
  for (const replaces of ['a%0d%0aX-Forged: 1', 'a\r\nX-Forged: 1', '%zz', `${'a'.repeat(400)}`])
    expect([replaces, (await sendOn(session, { user: '207', replaces })).goes]).toEqual([replaces, false]);
  const replaces = 'af09%40host%3Bto-tag%3D7%3Bfrom-tag%3D9';
  expect((await sendOn(session, { user: '207', replaces })).goes).toBe(true);
  for (let again = 0; again < 50; again++) expect((await sendOn(session, { user: '207' })).goes).toBe(false);
  expect(told).toHaveLength(1);
});

test('a call that does not start ends and releases the microphone', async () => {
  const { session, told, openMicrophone } = onTheLine();
  const microphone = track();
  openMicrophone.mockResolvedValue(streamOf(microphone));
  await sendOn(session, { user: '207' }, () => {
    throw new Error('no connection');
  });
  expect(told.map(({ type }) => type)).toEqual(['transferred', 'over']);
  expect(microphone.stop).toHaveBeenCalledOnce();
});

test('an answer that the browser cannot give ends the call instead of leaving the caller ringing', () => {
  const { calls, session, id, told } = onTheLine();
  const microphone = track();
  session.answers = () => {
    throw new SyntaxError('ICE server parsing failed');
  };
  calls.actions.answer(id, streamOf(microphone));
  expect(told).toMatchObject([{ type: 'over', id }]);
  expect(microphone.stop).toHaveBeenCalled();
});

test('another microphone that cannot be spoken through is closed again, and the first one with the call', async () => {
  const { calls, session, id } = onTheLine();
  const [first, second] = [track(), track()];
  vi.stubGlobal('Audio', class {});
  calls.actions.answer(id, streamOf(first));
  session.senders = [{ track: first, replaceTrack: () => Promise.reject(new Error('no')) }];
  calls.actions.speakThrough(id, streamOf(second));
  await vi.waitFor(() => expect(second.stop).toHaveBeenCalled());
  expect(first.stop).not.toHaveBeenCalled();
  session.terminate();
  expect(first.stop).toHaveBeenCalled();
});

test('an external caller does not count as a colleague', () => {
  const { calls, told } = onTheLine();
  const session = new FakeSession('202', 'kettle.example');
  session.remote_identity.uri = Object.assign(session.remote_identity.uri, {
    // As JsSIP reads sip:202@evil.example;maddr=kettle.example.
    hasParam: (name: string) => name === 'maddr',
  });
  calls.receive(session as never);
  expect(told).toMatchObject([{ type: 'incoming', peer: '202@' }]);
});
