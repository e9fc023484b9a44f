import { expect, test } from 'vitest';
import { keptCall } from '@/components/phone/machine/kept-call';
import { isBusy, isCalling } from '@/components/phone/machine/state';
import { readyPhone, START, talkingPhone } from './play';

const dial = (id: string, peer = '207') =>
  ({ type: 'dial', id, peer, peerName: null, uri: `sip:${peer}@tenant.test` }) as const;

test('a call out: dialling, ringing, on the line, over, wrapped up, kept', () => {
  const phone = readyPhone().tell(dial('one'));
  expect(phone.wants).toContainEqual({ do: 'dial', id: 'one', uri: 'sip:207@tenant.test' });
  expect(phone.call('one').phase).toBe('dialling');
  phone.tell({ type: 'progress', id: 'one' });
  expect(phone.call('one').phase).toBe('ringing');
  phone.wait(4000).tell({ type: 'answered', id: 'one' });
  expect(phone.call('one')).toMatchObject({ phase: 'running', answeredAt: START + 4000 });
  phone.wait(60_000).tell({ type: 'over', id: 'one', by: 'them', status: null });
  expect(phone.call('one')).toMatchObject({ phase: 'ended', outcome: 'answered' });
  expect(isCalling(phone.phone)).toBe(false);
  expect(isBusy(phone.phone)).toBe(true);
  expect(phone.wants).toContainEqual({ do: 'after', name: 'wrap-up', ms: 30_000 });
  const [kept] = phone.wants.flatMap((effect) => (effect.do === 'keep' ? [keptCall(effect.call)] : []));
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
  phone.tell({ type: 'timer', name: 'forget:one' }, { type: 'timer', name: 'wrap-up' });
  expect([phone.phone.calls, phone.phone.wrapUp, isBusy(phone.phone)]).toEqual([[], null, false]);
});

test('nobody is called by a phone that is not ready, nor twice at once', () => {
  const lost = readyPhone().tell({ type: 'socket-closed' }, dial('one'));
  expect(lost.phone.calls).toEqual([]);
  const ready = readyPhone().tell(dial('one'), dial('two'));
  expect(ready.phone.calls.map(({ id }) => id)).toEqual(['one']);
});

test('how a call out that nobody answered ends, in our words', () => {
  const endOf = (status: number | null, by: 'us' | 'them' | 'system' = 'them') => {
    const phone = readyPhone().tell(dial('one'), { type: 'over', id: 'one', by, status });
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
  expect(endOf(null, 'us')).toBe('cancelled');
});

test('how a call in that was not answered is kept', () => {
  const keptOf = (by: 'us' | 'them', elsewhere = false) => {
    const phone = readyPhone().tell({ type: 'incoming', id: 'one', peer: '207', peerName: null });
    phone.tell({ type: 'over', id: 'one', by, status: null, elsewhere });
    expect(phone.phone.wrapUp).toBeNull();
    return phone.wants.flatMap((effect) => (effect.do === 'keep' ? [keptCall(effect.call).outcome] : []));
  };
  expect(keptOf('them')).toEqual(['missed']);
  expect(keptOf('us')).toEqual(['rejected']);
  expect(keptOf('them', true)).toEqual(['elsewhere']);
});

test('an end that is reported twice is recorded once', () => {
  const phone = talkingPhone().tell({ type: 'over', id: 'ruth', by: 'us', status: null });
  phone.tell({ type: 'over', id: 'ruth', by: 'them', status: 200 });
  expect(phone.effects).toEqual([]);
  expect(phone.all.filter((effect) => effect.do === 'keep')).toHaveLength(1);
});

test('a colleague’s call shows the tenant’s name for them, whatever name the caller sends', () => {
  const phone = readyPhone().tell({ type: 'incoming', id: 'one', peer: '207', peerName: 'The Director' });
  expect(phone.wants).toContainEqual({ do: 'look-up-name', id: 'one', extension: '207' });
  phone.tell({ type: 'named', id: 'one', name: 'Ruth Abrams' });
  expect(phone.call('one').peerName).toBe('Ruth Abrams');
});

test('a second call waits; answered, the first one is held; resumed, they change places', () => {
  const phone = talkingPhone().tell({ type: 'incoming', id: 'dana', peer: '201', peerName: null });
  expect(phone.call('dana').phase).toBe('incoming');
  phone.tell({ type: 'answer', id: 'dana' });
  expect(phone.wants).toEqual([
    { do: 'hold', id: 'ruth' },
    { do: 'answer', id: 'dana' },
  ]);
  phone.tell(
    { type: 'held', id: 'ruth', held: true },
    { type: 'answered', id: 'dana' },
    { type: 'resume', id: 'ruth' },
  );
  expect(phone.wants).toEqual([
    { do: 'hold', id: 'dana' },
    { do: 'resume', id: 'ruth' },
  ]);
});

test('a second call is rejected without disturbing the first', () => {
  const phone = talkingPhone().tell({ type: 'incoming', id: 'dana', peer: '201', peerName: null });
  phone.tell({ type: 'reject', id: 'dana' });
  expect(phone.wants).toEqual([{ do: 'refuse', id: 'dana' }]);
  expect(phone.call('ruth').phase).toBe('running');
});

test('a second outgoing call puts the first on hold', () => {
  const phone = talkingPhone().tell(dial('two', '201'));
  expect(phone.effects).toEqual(['forget', 'hold', 'dial']);
});

test('mute and keys reach a running call alone', () => {
  const ringing = readyPhone().tell(dial('one'), { type: 'tone', id: 'one', tone: '5' });
  expect(ringing.effects).not.toContain('tone');
  const phone = talkingPhone().tell({ type: 'mute', id: 'ruth', muted: true });
  expect(phone.wants).toEqual([{ do: 'mute', id: 'ruth', muted: true }]);
  expect(phone.call('ruth').muted).toBe(true);
  phone.tell({ type: 'tone', id: 'ruth', tone: '#' });
  expect(phone.wants).toEqual([{ do: 'tone', id: 'ruth', tone: '#' }]);
  phone.tell({ type: 'tone', id: 'ruth', tone: 'A' }, { type: 'tone', id: 'ruth', tone: '12' });
  expect(phone.effects).toEqual([]);
});

test('a hold that did not reach the other side ends nothing', () => {
  const phone = talkingPhone().tell({ type: 'hold', id: 'ruth' }, { type: 'hold-failed', id: 'ruth' });
  expect(phone.call('ruth')).toMatchObject({ phase: 'running', held: false, trouble: 'hold' });
  phone.tell({ type: 'held', id: 'ruth', held: true });
  expect(phone.call('ruth')).toMatchObject({ held: true, trouble: null });
});

test('an accepted transfer ends our part; a refused one keeps the call', () => {
  const phone = talkingPhone().tell({ type: 'transfer', id: 'ruth', uri: 'sip:201@tenant.test' });
  expect(phone.call('ruth').phase).toBe('transferring');
  phone.tell({ type: 'transfer-failed', id: 'ruth' });
  expect(phone.call('ruth')).toMatchObject({ phase: 'running', trouble: 'transfer' });
  phone.tell({ type: 'transfer', id: 'ruth', uri: 'sip:201@tenant.test' }, { type: 'transfer-accepted', id: 'ruth' });
  expect(phone.wants).toContainEqual({ do: 'hang-up', id: 'ruth' });
});

test('a transfer of which nobody says how it ended leaves us on the line after a while', () => {
  const phone = talkingPhone().tell({ type: 'transfer', id: 'ruth', uri: 'sip:201@tenant.test' });
  expect(phone.wants).toContainEqual({ do: 'after', name: 'transfer:ruth', ms: 90_000 });
  phone.tell({ type: 'timer', name: 'transfer:ruth' });
  expect(phone.call('ruth')).toMatchObject({ phase: 'running', trouble: 'transfer' });
  phone.tell({ type: 'timer', name: 'transfer:ruth' }, { type: 'resume', id: 'ruth' });
  expect(phone.effects).toContain('resume');
});

test('a microphone that cannot be opened leaves the caller ringing, with words about it', () => {
  const phone = readyPhone().tell({ type: 'incoming', id: 'one', peer: '207', peerName: null });
  phone.tell({ type: 'answer', id: 'one' }, { type: 'microphone', is: 'blocked', call: 'one' });
  expect(phone.call('one')).toMatchObject({ phase: 'incoming', trouble: 'microphone' });
  expect(phone.state).toBe('no-microphone blocked');
  expect(phone.effects).not.toContain('close');
});

test('a call survives a lost socket, server, network, sleep and registration; only users end it', () => {
  const phone = talkingPhone().tell(
    { type: 'socket-closed' },
    { type: 'timer', name: 'connect' },
    { type: 'timer', name: 'give-up' },
    { type: 'offline' },
    { type: 'online' },
    { type: 'woke' },
    { type: 'media', id: 'ruth', is: 'interrupted' },
    { type: 'socket-open' },
    { type: 'registration-failed', status: 503 },
    { type: 'registration-failed', status: 401 },
    { type: 'registration-failed', status: 401 },
    { type: 'credentials-refused', error: 'no-phone', why: null },
    { type: 'session-over', why: 'idle' },
    { type: 'take-over-asked' },
    { type: 'microphone', is: 'missing' },
  );
  expect(phone.call('ruth').phase).toBe('running');
  expect(phone.all.filter((effect) => ['hang-up', 'refuse', 'close', 'leave', 'reload'].includes(effect.do))).toEqual(
    [],
  );
});

test('interrupted media is restored as soon as the phone is registered again', () => {
  const phone = talkingPhone().tell({ type: 'socket-closed' }, { type: 'media', id: 'ruth', is: 'interrupted' });
  expect(phone.effects).not.toContain('restart-media');
  phone.tell({ type: 'timer', name: 'connect' }, { type: 'socket-open' }, { type: 'registered' });
  expect(phone.wants).toContainEqual({ do: 'restart-media', id: 'ruth' });
  phone.tell({ type: 'media', id: 'ruth', is: 'fine' }, { type: 'media', id: 'ruth', is: 'interrupted' });
  expect(phone.wants).toContainEqual({ do: 'restart-media', id: 'ruth' });
});

test('after a transfer the earlier party hears nothing', () => {
  const phone = talkingPhone().tell({ type: 'transferred', id: 'next', peer: '201' });
  expect(phone.wants).toContainEqual({ do: 'hold', id: 'ruth' });
});

test('audio that never arrived is distinguished from audio that was lost', () => {
  const phone = talkingPhone().tell({ type: 'media', id: 'ruth', is: 'interrupted' });
  expect(phone.call('ruth')).toMatchObject({ media: 'interrupted', heard: false });
  phone.tell({ type: 'media', id: 'ruth', is: 'fine' }, { type: 'media', id: 'ruth', is: 'interrupted' });
  expect(phone.call('ruth')).toMatchObject({ media: 'interrupted', heard: true });
});
