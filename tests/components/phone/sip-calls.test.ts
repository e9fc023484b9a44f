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

function incomingCall() {
  const { events, dispatch } = listener();
  const openMicrophone = vi.fn(async () => streamOf(track()));
  const side = () => ({ ua: undefined, credentials: CREDENTIALS, isOpen: true });
  const calls = sipCalls(dispatch, side, { openMicrophone, isColleague: async (extension) => extension === '207' });
  const session = new FakeSession();
  calls.receive(session as never);
  const [first] = events.splice(0);
  const id = first?.type === 'incoming' ? first.id : '';
  return { events, calls, session, id, openMicrophone };
}

type Uri = { user: string; host?: string; replaces?: string };

/** The other party sends a REFER. Returns whether it was accepted. */
async function sendRefer(session: FakeSession, { user, host = 'kettle.example', replaces }: Uri, accepts = () => {}) {
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
  return { isAccepted: accept.mock.calls.length === 1 && reject.mock.calls.length === 0, clearParams };
}

test('a call is transferred to colleagues only, never to an emergency, premium or outside number', async () => {
  const { session, events, openMicrophone } = incomingCall();
  for (const user of ['911', '9005551234', '0114412345', '208'])
    expect([user, (await sendRefer(session, { user })).isAccepted]).toEqual([user, false]);
  expect((await sendRefer(session, { user: '207', host: 'evil.example' })).isAccepted).toBe(false);
  expect([events, openMicrophone.mock.calls.length]).toEqual([[], 0]);
  const gone = await sendRefer(session, { user: '207' });
  expect([gone.isAccepted, gone.clearParams.mock.calls.length]).toEqual([true, 1]);
  expect(events).toMatchObject([{ type: 'referred', peer: '207' }]);
});

test('the other party can transfer once, and cannot inject header lines', async () => {
  const { session, events } = incomingCall();
  for (const replaces of ['a%0d%0aX-Forged: 1', 'a\r\nX-Forged: 1', '%zz', `${'a'.repeat(400)}`])
    expect([replaces, (await sendRefer(session, { user: '207', replaces })).isAccepted]).toEqual([replaces, false]);
  const replaces = 'af09%40host%3Bto-tag%3D7%3Bfrom-tag%3D9';
  expect((await sendRefer(session, { user: '207', replaces })).isAccepted).toBe(true);
  for (let again = 0; again < 50; again++) expect((await sendRefer(session, { user: '207' })).isAccepted).toBe(false);
  expect(events).toHaveLength(1);
});

test('a call that does not start ends and releases the microphone', async () => {
  const { session, events, openMicrophone } = incomingCall();
  const microphone = track();
  openMicrophone.mockResolvedValue(streamOf(microphone));
  await sendRefer(session, { user: '207' }, () => {
    throw new Error('no connection');
  });
  expect(events.map(({ type }) => type)).toEqual(['referred', 'ended']);
  expect(microphone.stop).toHaveBeenCalledOnce();
});

test('an answer that the browser cannot give ends the call instead of leaving the caller ringing', () => {
  const { calls, session, id, events } = incomingCall();
  const microphone = track();
  session.onAnswer = () => {
    throw new SyntaxError('ICE server parsing failed');
  };
  calls.actions.answer(id, streamOf(microphone));
  expect(events).toMatchObject([{ type: 'ended', id }]);
  expect(microphone.stop).toHaveBeenCalled();
});

test('another microphone that cannot be spoken through is closed again, and the first one with the call', async () => {
  const { calls, session, id } = incomingCall();
  const [first, second] = [track(), track()];
  vi.stubGlobal('Audio', class {});
  calls.actions.answer(id, streamOf(first));
  session.senders = [{ track: first, replaceTrack: () => Promise.reject(new Error('no')) }];
  calls.actions.replaceMicrophone(id, streamOf(second));
  await vi.waitFor(() => expect(second.stop).toHaveBeenCalled());
  expect(first.stop).not.toHaveBeenCalled();
  session.terminate();
  expect(first.stop).toHaveBeenCalled();
});

test('an external caller does not count as a colleague', () => {
  const { calls, events } = incomingCall();
  const session = new FakeSession('202', 'kettle.example');
  session.remote_identity.uri = Object.assign(session.remote_identity.uri, {
    // As JsSIP reads sip:202@evil.example;maddr=kettle.example.
    hasParam: (name: string) => name === 'maddr',
  });
  calls.receive(session as never);
  expect(events).toMatchObject([{ type: 'incoming', peer: '202@' }]);
});
