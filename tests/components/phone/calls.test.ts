import { expect, test } from 'vitest';
import { toEndedCall } from '@/components/phone/machine/ended-call';
import { isBusy, isCalling } from '@/components/phone/machine/state';
import { readyPhone, START, talkingPhone } from './play';

const dial = (id: string, peer = '207') =>
  ({ type: 'dial', id, peer, peerName: null, uri: `sip:${peer}@tenant.test` }) as const;

test('a call out: dialling, ringing, on the line, over, wrapped up, kept', () => {
  const phone = readyPhone().dispatch(dial('one'));
  expect(phone.wants).toContainEqual({ type: 'dial', id: 'one', uri: 'sip:207@tenant.test' });
  expect(phone.call('one').phase).toBe('dialling');
  phone.dispatch({ type: 'progress', id: 'one' });
  expect(phone.call('one').phase).toBe('ringing');
  phone.wait(4000).dispatch({ type: 'answered', id: 'one' });
  expect(phone.call('one')).toMatchObject({ phase: 'running', answeredAt: START + 4000 });
  phone.wait(60_000).dispatch({ type: 'ended', id: 'one', by: 'remote', status: null });
  expect(phone.call('one')).toMatchObject({ phase: 'ended', outcome: 'answered' });
  expect(isCalling(phone.phone)).toBe(false);
  expect(isBusy(phone.phone)).toBe(true);
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'wrap-up', ms: 30_000 });
  const [kept] = phone.wants.flatMap((effect) => (effect.type === 'store-call' ? [toEndedCall(effect.call)] : []));
  expect(kept).toEqual({
    id: 'one',
    direction: 'out',
    outcome: 'answered',
    peer: '207',
    peerName: null,
    startedAt: '2026-03-02T14:00:00.000Z',
    answeredAt: '2026-03-02T14:00:04.000Z',
    endedAt: '2026-03-02T14:01:04.000Z',
  });
  phone.dispatch({ type: 'timer', name: 'remove:one' }, { type: 'timer', name: 'wrap-up' });
  expect([phone.phone.calls, phone.phone.wrapUp, isBusy(phone.phone)]).toEqual([[], null, false]);
});

test('a phone that is not ready places no call, and none places two at once', () => {
  const lost = readyPhone().dispatch({ type: 'socket-closed' }, dial('one'));
  expect(lost.phone.calls).toEqual([]);
  const ready = readyPhone().dispatch(dial('one'), dial('two'));
  expect(ready.phone.calls.map(({ id }) => id)).toEqual(['one']);
});

test('an outgoing call that is not answered ends with its reason', () => {
  const endOf = (status: number | null, by: 'local' | 'remote' | 'system' = 'remote') => {
    const phone = readyPhone().dispatch(dial('one'), { type: 'ended', id: 'one', by, status });
    return phone.call('one').outcome;
  };
  expect(endOf(486)).toBe('busy');
  expect(endOf(600)).toBe('busy');
  expect(endOf(480)).toBe('no-answer');
  expect(endOf(408)).toBe('no-answer');
  expect(endOf(603)).toBe('rejected');
  expect(endOf(404)).toBe('unknown-number');
  expect(endOf(500)).toBe('failed');
  expect(endOf(null, 'system')).toBe('failed');
  expect(endOf(null, 'local')).toBe('cancelled');
});

test('how a call in that was not answered is kept', () => {
  const keptOf = (by: 'local' | 'remote', elsewhere = false) => {
    const phone = readyPhone().dispatch({ type: 'incoming', id: 'one', peer: '207', peerName: null });
    phone.dispatch({ type: 'ended', id: 'one', by, status: null, elsewhere });
    expect(phone.phone.wrapUp).toBeNull();
    return phone.wants.flatMap((effect) => (effect.type === 'store-call' ? [toEndedCall(effect.call).outcome] : []));
  };
  expect(keptOf('remote')).toEqual(['missed']);
  expect(keptOf('local')).toEqual(['rejected']);
  expect(keptOf('remote', true)).toEqual(['elsewhere']);
});

test('an end that is reported twice is recorded once', () => {
  const phone = talkingPhone().dispatch({ type: 'ended', id: 'ruth', by: 'local', status: null });
  phone.dispatch({ type: 'ended', id: 'ruth', by: 'remote', status: 200 });
  expect(phone.effects).toEqual([]);
  expect(phone.all.filter((effect) => effect.type === 'store-call')).toHaveLength(1);
});

test('a colleague’s call shows the tenant’s name for them, whatever name the caller sends', () => {
  const phone = readyPhone().dispatch({ type: 'incoming', id: 'one', peer: '207', peerName: 'The Director' });
  expect(phone.wants).toContainEqual({ type: 'look-up-name', id: 'one', extension: '207' });
  phone.dispatch({ type: 'name-found', id: 'one', name: 'Ruth Abrams' });
  expect(phone.call('one').peerName).toBe('Ruth Abrams');
});

test('a second call waits; answered, the first one is held; resumed, they change places', () => {
  const phone = talkingPhone().dispatch({ type: 'incoming', id: 'dana', peer: '201', peerName: null });
  expect(phone.call('dana').phase).toBe('incoming');
  phone.dispatch({ type: 'answer', id: 'dana' });
  expect(phone.wants).toEqual([
    { type: 'hold', id: 'ruth' },
    { type: 'answer', id: 'dana' },
  ]);
  phone.dispatch(
    { type: 'held', id: 'ruth', held: true },
    { type: 'answered', id: 'dana' },
    { type: 'resume', id: 'ruth' },
  );
  expect(phone.wants).toEqual([
    { type: 'hold', id: 'dana' },
    { type: 'resume', id: 'ruth' },
  ]);
});

test('a second call is rejected without disturbing the first', () => {
  const phone = talkingPhone().dispatch({ type: 'incoming', id: 'dana', peer: '201', peerName: null });
  phone.dispatch({ type: 'reject', id: 'dana' });
  expect(phone.wants).toEqual([{ type: 'refuse', id: 'dana' }]);
  expect(phone.call('ruth').phase).toBe('running');
});

test('a second outgoing call puts the first on hold', () => {
  const phone = talkingPhone().dispatch(dial('two', '201'));
  expect(phone.effects).toEqual(['clear-timer', 'hold', 'dial']);
});

test('mute and keys reach a running call alone', () => {
  const ringing = readyPhone().dispatch(dial('one'), { type: 'tone', id: 'one', tone: '5' });
  expect(ringing.effects).not.toContain('tone');
  const phone = talkingPhone().dispatch({ type: 'mute', id: 'ruth', muted: true });
  expect(phone.wants).toEqual([{ type: 'mute', id: 'ruth', muted: true }]);
  expect(phone.call('ruth').muted).toBe(true);
  phone.dispatch({ type: 'tone', id: 'ruth', tone: '#' });
  expect(phone.wants).toEqual([{ type: 'tone', id: 'ruth', tone: '#' }]);
  phone.dispatch({ type: 'tone', id: 'ruth', tone: 'A' }, { type: 'tone', id: 'ruth', tone: '12' });
  expect(phone.effects).toEqual([]);
});

test('a hold that did not reach the other side ends nothing', () => {
  const phone = talkingPhone().dispatch({ type: 'hold', id: 'ruth' }, { type: 'hold-failed', id: 'ruth' });
  expect(phone.call('ruth')).toMatchObject({ phase: 'running', held: false, trouble: 'hold' });
  phone.dispatch({ type: 'held', id: 'ruth', held: true });
  expect(phone.call('ruth')).toMatchObject({ held: true, trouble: null });
});

test('an accepted transfer ends our part; a refused one keeps the call', () => {
  const phone = talkingPhone().dispatch({ type: 'transfer', id: 'ruth', uri: 'sip:201@tenant.test' });
  expect(phone.call('ruth').phase).toBe('transferring');
  phone.dispatch({ type: 'transfer-failed', id: 'ruth' });
  expect(phone.call('ruth')).toMatchObject({ phase: 'running', trouble: 'transfer' });
  phone.dispatch(
    { type: 'transfer', id: 'ruth', uri: 'sip:201@tenant.test' },
    { type: 'transfer-accepted', id: 'ruth' },
  );
  expect(phone.wants).toContainEqual({ type: 'hang-up', id: 'ruth' });
});

test('a transfer without a final notification returns the caller to the agent after a while', () => {
  const phone = talkingPhone().dispatch({ type: 'transfer', id: 'ruth', uri: 'sip:201@tenant.test' });
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'transfer:ruth', ms: 90_000 });
  phone.dispatch({ type: 'timer', name: 'transfer:ruth' });
  expect(phone.call('ruth')).toMatchObject({ phase: 'running', trouble: 'transfer' });
  phone.dispatch({ type: 'timer', name: 'transfer:ruth' }, { type: 'resume', id: 'ruth' });
  expect(phone.effects).toContain('resume');
});

test('a microphone that cannot be opened leaves the caller ringing, with words about it', () => {
  const phone = readyPhone().dispatch({ type: 'incoming', id: 'one', peer: '207', peerName: null });
  phone.dispatch({ type: 'answer', id: 'one' }, { type: 'microphone', status: 'blocked', call: 'one' });
  expect(phone.call('one')).toMatchObject({ phase: 'incoming', trouble: 'microphone' });
  expect(phone.state).toBe('no-microphone blocked');
  expect(phone.effects).not.toContain('close');
});

test('a call survives a lost socket, server, network, sleep and registration; only users end it', () => {
  const phone = talkingPhone().dispatch(
    { type: 'socket-closed' },
    { type: 'timer', name: 'connect' },
    { type: 'timer', name: 'connect-timeout' },
    { type: 'offline' },
    { type: 'online' },
    { type: 'wake' },
    { type: 'media', id: 'ruth', status: 'interrupted' },
    { type: 'socket-open' },
    { type: 'registration-failed', status: 503 },
    { type: 'registration-failed', status: 401 },
    { type: 'registration-failed', status: 401 },
    { type: 'credentials-refused', error: 'no-phone', why: null },
    { type: 'session-ended', why: 'idle' },
    { type: 'take-over-requested' },
    { type: 'microphone', status: 'missing' },
  );
  expect(phone.call('ruth').phase).toBe('running');
  expect(phone.all.filter((effect) => ['hang-up', 'refuse', 'close', 'leave', 'reload'].includes(effect.type))).toEqual(
    [],
  );
});

test('interrupted media is restored as soon as the phone is registered again', () => {
  const phone = talkingPhone().dispatch(
    { type: 'socket-closed' },
    { type: 'media', id: 'ruth', status: 'interrupted' },
  );
  expect(phone.effects).not.toContain('restart-media');
  phone.dispatch({ type: 'timer', name: 'connect' }, { type: 'socket-open' }, { type: 'registered' });
  expect(phone.wants).toContainEqual({ type: 'restart-media', id: 'ruth' });
  phone.dispatch({ type: 'media', id: 'ruth', status: 'fine' }, { type: 'media', id: 'ruth', status: 'interrupted' });
  expect(phone.wants).toContainEqual({ type: 'restart-media', id: 'ruth' });
});

test('after a transfer the earlier party hears nothing', () => {
  const phone = talkingPhone().dispatch({ type: 'referred', id: 'next', peer: '201' });
  expect(phone.wants).toContainEqual({ type: 'hold', id: 'ruth' });
});

test('audio that never arrived is distinguished from audio that was lost', () => {
  const phone = talkingPhone().dispatch({ type: 'media', id: 'ruth', status: 'interrupted' });
  expect(phone.call('ruth')).toMatchObject({ media: 'interrupted', heard: false });
  phone.dispatch({ type: 'media', id: 'ruth', status: 'fine' }, { type: 'media', id: 'ruth', status: 'interrupted' });
  expect(phone.call('ruth')).toMatchObject({ media: 'interrupted', heard: true });
});
