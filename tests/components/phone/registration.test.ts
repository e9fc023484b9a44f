import { expect, test } from 'vitest';
import { ATTEMPT_MS, backoff } from '@/components/phone/machine/backoff';
import { credentials, MILO, newPhone, readyPhone, START, talkingPhone } from './play';

test('from the start to ready: the tab, the microphone, credentials, the socket, the registrar', () => {
  const phone = newPhone().tell({ type: 'start', online: true });
  expect([phone.state, phone.effects]).toEqual(['starting', ['wait-for-lock']]);
  phone.tell({ type: 'lock-held' });
  expect(phone.effects).toContain('look-at-microphone');
  phone.tell({ type: 'microphone', is: 'prompt' });
  expect([phone.state, phone.effects]).toEqual(['connecting first', ['ask-credentials']]);
  phone.tell(credentials());
  expect(phone.effects).toContain('connect');
  phone.tell({ type: 'socket-open' });
  expect([phone.state, phone.effects]).toEqual(['connecting registering', ['forget', 'register']]);
  phone.tell({ type: 'registered' });
  expect(phone.state).toBe('ready');
});

test('credentials are renewed well before they end, and a registration that expires brings new ones', () => {
  const phone = newPhone().tell({ type: 'start', online: true }, { type: 'lock-held' });
  phone.tell({ type: 'microphone', is: 'granted' }, credentials());
  const renewal = phone.wants.find((effect) => effect.do === 'after' && effect.name === 'renew');
  expect(renewal).toMatchObject({ ms: 600_000 - 90_000 });
  phone.tell({ type: 'socket-open' }, { type: 'registered' }, { type: 'expiring' });
  expect(phone.effects).toContain('ask-credentials');
  phone.tell(credentials({ expiresAt: START + 1_200_000 }));
  expect(phone.effects).toContain('register');
  expect(phone.state).toBe('ready');
});

test('a server that is away is tried again with doubling waits, jitter, and within ten seconds of its return', () => {
  const waits = Array.from({ length: 8 }, (_, n) => backoff(n, 0.5));
  expect(waits).toEqual([500, 1000, 2000, 4000, 4000, 4000, 4000, 4000]);
  expect(backoff(9, 0)).not.toBe(backoff(9, 0.99));
  // It returns just after an attempt began that hangs until it is given up.
  expect(ATTEMPT_MS + backoff(30, 1)).toBeLessThan(10_000);
  const phone = readyPhone().tell({ type: 'socket-closed' });
  expect(phone.state).toBe('connecting server-away');
  expect(phone.wants).toContainEqual({ do: 'after', name: 'connect', ms: 500 });
  phone.tell({ type: 'timer', name: 'connect' });
  expect(phone.effects).toEqual(['connect', 'after']);
  phone.tell({ type: 'timer', name: 'give-up' });
  expect(phone.effects.slice(0, 1)).toEqual(['drop-socket']);
  expect(phone.wants).toContainEqual({ do: 'after', name: 'connect', ms: 1000 });
  phone.tell({ type: 'timer', name: 'connect' }, { type: 'socket-open' }, { type: 'registered' });
  expect([phone.state, phone.phone.attempt]).toEqual(['ready', 0]);
});

test('stale credentials are not tried: new ones come first', () => {
  const phone = readyPhone().tell({ type: 'socket-closed' }).wait(601_000);
  phone.tell({ type: 'timer', name: 'connect' });
  expect(phone.effects).toEqual(['ask-credentials']);
});

test('after one refusal new credentials are requested; after two the user sees it, and it is retried later', () => {
  const phone = readyPhone().tell({ type: 'registration-failed', status: 401 });
  expect([phone.state, phone.effects]).toEqual(['connecting renewing', ['ask-credentials']]);
  phone.tell(credentials(), { type: 'registration-failed', status: 403 });
  expect(phone.state).toBe('not-allowed refused');
  expect(phone.wants).toContainEqual({ do: 'after', name: 'ask', ms: 30_000 });
  phone.tell({ type: 'timer', name: 'ask' }, credentials(), { type: 'registered' });
  expect(phone.state).toBe('ready');
});

test('a registrar that fails or says nothing gets a new socket', () => {
  for (const status of [503, null]) {
    const phone = readyPhone().tell({ type: 'registration-failed', status });
    expect(phone.effects).toEqual(['drop-socket', 'after']);
    expect(phone.state).toBe(status ? 'connecting server-trouble' : 'connecting server-away');
  }
});

test('a lost network is shown; when it is back, or after sleep, the phone reconnects at once', () => {
  const phone = readyPhone().tell({ type: 'offline' });
  expect([phone.state, phone.effects]).toEqual(['connecting offline', ['drop-socket', 'after']]);
  phone.tell({ type: 'online' });
  expect(phone.effects).toEqual(['drop-socket', 'connect', 'after']);
  phone.tell({ type: 'socket-open' }, { type: 'registered' });
  expect(phone.state).toBe('ready');
  phone.wait(3_600_000).tell({ type: 'woke' });
  expect([phone.state, phone.effects]).toEqual(['connecting woke', ['drop-socket', 'ask-credentials']]);
});

test('a portal that does not answer is asked again; what is still good is used on', () => {
  const phone = newPhone().tell({ type: 'start', online: true }, { type: 'lock-held' });
  phone.tell({ type: 'microphone', is: 'granted' }, { type: 'credentials-later' });
  expect(phone.state).toBe('connecting portal-away');
  expect(phone.wants).toContainEqual({ do: 'after', name: 'ask', ms: 2000 });
  const registered = readyPhone().tell({ type: 'expiring' }, { type: 'credentials-later' });
  expect(registered.state).toBe('ready');
  expect(registered.effects).toContain('register');
});

test('a user without a phone, or signed out, is no longer registered', () => {
  const without = readyPhone().tell({ type: 'credentials-refused', error: 'no-phone', why: null });
  expect(without.state).toBe('not-allowed no-phone');
  expect(without.effects).toContain('close');
  const out = readyPhone().tell({ type: 'credentials-refused', error: 'signed-out', why: 'ended' });
  expect(out.state).toBe('signed-out');
  expect(out.effects).toContain('close');
  expect(out.wants).toContainEqual({ do: 'leave', why: 'ended' });
  out.tell({ type: 'timer', name: 'renew' }, { type: 'online' }, { type: 'registered' });
  expect([out.state, out.effects]).toEqual(['signed-out', []]);
});

test('another tab is shown, and can be taken over except during a call', () => {
  const waiting = newPhone().tell({ type: 'start', online: true }, { type: 'lock-elsewhere', busy: false });
  expect(waiting.state).toBe('elsewhere false false');
  waiting.tell({ type: 'take-over' });
  expect([waiting.state, waiting.effects]).toEqual(['elsewhere false true', ['ask-take-over']]);
  waiting.tell({ type: 'lock-elsewhere', busy: true });
  expect(waiting.state).toBe('elsewhere true false');

  const idle = readyPhone().tell({ type: 'take-over-asked' });
  expect(idle.state).toBe('elsewhere false false');
  expect(idle.effects.filter((name) => name !== 'forget')).toEqual(['close', 'release-lock', 'wait-for-lock']);
  const busy = talkingPhone().tell({ type: 'take-over-asked' });
  expect([busy.state, busy.effects]).toEqual(['ready', ['say-busy']]);
});

test('without a microphone nobody is registered; with one again the phone goes on by itself', () => {
  for (const is of ['blocked', 'missing', 'unsupported'] as const) {
    const phone = readyPhone().tell({ type: 'microphone', is });
    expect(phone.state).toBe(`no-microphone ${is}`);
    expect(phone.effects).toContain('close');
    phone.tell({ type: 'microphone', is: 'granted' });
    expect([phone.state, phone.effects]).toEqual(['connecting first', ['ask-credentials']]);
  }
});

test('the session ends during a call: the call goes on, nobody is led away, and after signing in again all is well', () => {
  const phone = talkingPhone().tell({ type: 'session-over', why: 'absolute' });
  expect(phone.state).toBe('signed-out');
  expect(phone.phone.session).toBe('over');
  expect(phone.effects).not.toContain('leave');
  expect(phone.effects).not.toContain('close');
  expect(phone.effects).toContain('unregister');
  expect(phone.call('ruth').phase).toBe('running');
  phone.tell({ type: 'signed-in-again' });
  expect(phone.effects).toEqual(['ask-credentials']);
  phone.tell(credentials({ expiresAt: START + 1_200_000 }), { type: 'registered' });
  expect([phone.state, phone.phone.session]).toEqual(['ready', 'live']);
});

test('after signing in again a portal that does not answer at once is asked again, and one that knows nobody says so', () => {
  const phone = talkingPhone().tell({ type: 'session-over', why: 'idle' }, { type: 'signed-in-again' });
  phone.tell({ type: 'credentials-later' });
  expect(phone.wants).toContainEqual({ do: 'after', name: 'ask', ms: 2000 });
  phone.tell({ type: 'timer', name: 'ask' });
  expect(phone.effects).toEqual(['ask-credentials']);
  phone.tell({ type: 'credentials-refused', error: 'signed-out', why: 'ended' });
  expect([phone.state, phone.phone.session, phone.phone.why]).toEqual(['signed-out', 'over', 'ended']);
  expect(phone.effects).not.toContain('leave');
  phone.tell({ type: 'timer', name: 'ask' });
  expect(phone.effects).toEqual([]);
  phone.tell({ type: 'signed-in-again' }, credentials(), { type: 'registered' });
  expect([phone.state, phone.phone.session]).toEqual(['ready', 'live']);
});

test('nobody signs in again: after the call and its wrap-up the page goes to sign in', () => {
  const phone = talkingPhone().tell({ type: 'session-over', why: 'idle' });
  phone.tell({ type: 'over', id: 'ruth', by: 'them', status: null });
  expect(phone.effects).toContain('close');
  expect(phone.effects).not.toContain('leave');
  phone.tell({ type: 'timer', name: 'wrap-up' });
  expect(phone.wants).toContainEqual({ do: 'leave', why: 'idle' });
  const without = talkingPhone({ wrapUpSeconds: 0 }).tell({ type: 'session-over', why: 'idle' });
  without.tell({ type: 'over', id: 'ruth', by: 'them', status: null });
  expect(without.wants).toContainEqual({ do: 'leave', why: 'idle' });
});

test('when another user signs in the call continues and the page starts again behind it', () => {
  const phone = talkingPhone().tell({ type: 'session-over', why: 'absolute' }, { type: 'signed-in-again' });
  phone.tell(credentials({ extension: '205', name: 'Piotr' }));
  expect(phone.state).toBe('not-allowed other-person');
  expect(phone.effects).not.toContain('reload');
  phone.tell({ type: 'over', id: 'ruth', by: 'us', status: null });
  expect(phone.effects).toContain('reload');
});

test('the socket of a running call comes back also where nobody is to be reached here any more', () => {
  const phone = talkingPhone().tell({ type: 'session-over', why: 'absolute' }, { type: 'socket-closed' });
  expect(phone.wants).toContainEqual({ do: 'after', name: 'connect', ms: 500 });
  phone.tell({ type: 'timer', name: 'connect' });
  expect([phone.state, phone.effects]).toEqual(['signed-out', ['connect', 'after']]);
});

test('signing out hangs up, unregisters and lets another tab be the phone', () => {
  const phone = talkingPhone().tell({ type: 'sign-out' });
  expect(phone.effects.filter((name) => name !== 'forget')).toEqual(['hang-up', 'close', 'release-lock']);
  phone.tell(credentials(), { type: 'socket-open' }, { type: 'registered' });
  expect(phone.state).toBe('signed-out');
});

test('signing out while credentials are under way: they come too late', () => {
  const phone = newPhone().tell({ type: 'start', online: true }, { type: 'lock-held' });
  phone.tell({ type: 'microphone', is: 'granted' }, { type: 'sign-out' }, credentials());
  expect([phone.state, phone.effects.includes('connect')]).toEqual(['signed-out', false]);
  expect(MILO.extension).toBe('202');
});

test('no call rings after sign-out or after another tab took over', () => {
  const gone = [
    readyPhone().tell({ type: 'sign-out' }),
    readyPhone().tell({ type: 'take-over-asked' }),
    readyPhone().tell({ type: 'lock-lost' }),
    talkingPhone().tell({ type: 'session-over', why: 'idle' }),
  ];
  for (const phone of gone) {
    const before = phone.phone.calls.length;
    phone.tell({ type: 'incoming', id: 'late', peer: '203', peerName: null });
    expect([phone.state, phone.wants]).toEqual([phone.state, [{ do: 'refuse', id: 'late' }]]);
    expect(phone.phone.calls).toHaveLength(before);
  }
});
