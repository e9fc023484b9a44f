import { expect, test } from 'vitest';
import { ATTEMPT_MS, backoff } from '@/components/phone/machine/backoff';
import { credentials, MILO, newPhone, readyPhone, START, talkingPhone } from './play';

test('from the start to ready: the tab, the microphone, credentials, the socket, the registrar', () => {
  const phone = newPhone().dispatch({ type: 'start', online: true });
  expect([phone.state, phone.effects]).toEqual(['starting', ['wait-for-lock']]);
  phone.dispatch({ type: 'lock-held' });
  expect(phone.effects).toContain('check-microphone');
  phone.dispatch({ type: 'microphone', status: 'prompt' });
  expect([phone.state, phone.effects]).toEqual(['connecting first', ['request-credentials']]);
  phone.dispatch(credentials());
  expect(phone.effects).toContain('connect');
  phone.dispatch({ type: 'socket-open' });
  expect([phone.state, phone.effects]).toEqual(['connecting registering', ['clear-timer', 'register']]);
  phone.dispatch({ type: 'registered' });
  expect(phone.state).toBe('ready');
});

test('credentials are renewed well before they end, and a registration that expires brings new ones', () => {
  const phone = newPhone().dispatch({ type: 'start', online: true }, { type: 'lock-held' });
  phone.dispatch({ type: 'microphone', status: 'granted' }, credentials());
  const renewal = phone.wants.find((effect) => effect.type === 'set-timer' && effect.name === 'renew');
  expect(renewal).toMatchObject({ ms: 600_000 - 90_000 });
  phone.dispatch({ type: 'socket-open' }, { type: 'registered' }, { type: 'expiring' });
  expect(phone.effects).toContain('request-credentials');
  phone.dispatch(credentials({ expiresAt: START + 1_200_000 }));
  expect(phone.effects).toContain('register');
  expect(phone.state).toBe('ready');
});

test('a server that is away is tried again with doubling waits, jitter, and within ten seconds of its return', () => {
  const waits = Array.from({ length: 8 }, (_, n) => backoff(n, 0.5));
  expect(waits).toEqual([500, 1000, 2000, 4000, 4000, 4000, 4000, 4000]);
  expect(backoff(9, 0)).not.toBe(backoff(9, 0.99));
  // It returns just after an attempt began that hangs until it is given up.
  expect(ATTEMPT_MS + backoff(30, 1)).toBeLessThan(10_000);
  const phone = readyPhone().dispatch({ type: 'socket-closed' });
  expect(phone.state).toBe('connecting server-unreachable');
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'connect', ms: 500 });
  phone.dispatch({ type: 'timer', name: 'connect' });
  expect(phone.effects).toEqual(['connect', 'set-timer']);
  phone.dispatch({ type: 'timer', name: 'connect-timeout' });
  expect(phone.effects.slice(0, 1)).toEqual(['drop-socket']);
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'connect', ms: 1000 });
  phone.dispatch({ type: 'timer', name: 'connect' }, { type: 'socket-open' }, { type: 'registered' });
  expect([phone.state, phone.phone.attempt]).toEqual(['ready', 0]);
});

test('stale credentials are not tried: new ones come first', () => {
  const phone = readyPhone().dispatch({ type: 'socket-closed' }).wait(601_000);
  phone.dispatch({ type: 'timer', name: 'connect' });
  expect(phone.effects).toEqual(['request-credentials']);
});

test('after one refusal new credentials are requested; after two the user sees it, and it is retried later', () => {
  const phone = readyPhone().dispatch({ type: 'registration-failed', status: 401 });
  expect([phone.state, phone.effects]).toEqual(['connecting renewing', ['request-credentials']]);
  phone.dispatch(credentials(), { type: 'registration-failed', status: 403 });
  expect(phone.state).toBe('not-allowed refused');
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'request', ms: 30_000 });
  phone.dispatch({ type: 'timer', name: 'request' }, credentials(), { type: 'registered' });
  expect(phone.state).toBe('ready');
});

test('a registrar that fails or says nothing gets a new socket', () => {
  for (const status of [503, null]) {
    const phone = readyPhone().dispatch({ type: 'registration-failed', status });
    expect(phone.effects).toEqual(['drop-socket', 'set-timer']);
    expect(phone.state).toBe(status ? 'connecting server-error' : 'connecting server-unreachable');
  }
});

test('a lost network is shown; when it is back, or after sleep, the phone reconnects at once', () => {
  const phone = readyPhone().dispatch({ type: 'offline' });
  expect([phone.state, phone.effects]).toEqual(['connecting offline', ['drop-socket', 'set-timer']]);
  phone.dispatch({ type: 'online' });
  expect(phone.effects).toEqual(['drop-socket', 'connect', 'set-timer']);
  phone.dispatch({ type: 'socket-open' }, { type: 'registered' });
  expect(phone.state).toBe('ready');
  phone.wait(3_600_000).dispatch({ type: 'wake' });
  expect([phone.state, phone.effects]).toEqual(['connecting wake', ['drop-socket', 'request-credentials']]);
});

test('a portal that does not answer is asked again; what is still good is used on', () => {
  const phone = newPhone().dispatch({ type: 'start', online: true }, { type: 'lock-held' });
  phone.dispatch({ type: 'microphone', status: 'granted' }, { type: 'credentials-unavailable' });
  expect(phone.state).toBe('connecting portal-unreachable');
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'request', ms: 2000 });
  const registered = readyPhone().dispatch({ type: 'expiring' }, { type: 'credentials-unavailable' });
  expect(registered.state).toBe('ready');
  expect(registered.effects).toContain('register');
});

test('a user without a phone, or signed out, is no longer registered', () => {
  const without = readyPhone().dispatch({ type: 'credentials-refused', error: 'no-phone', why: null });
  expect(without.state).toBe('not-allowed no-phone');
  expect(without.effects).toContain('close');
  const out = readyPhone().dispatch({ type: 'credentials-refused', error: 'signed-out', why: 'ended' });
  expect(out.state).toBe('signed-out');
  expect(out.effects).toContain('close');
  expect(out.wants).toContainEqual({ type: 'leave', why: 'ended' });
  out.dispatch({ type: 'timer', name: 'renew' }, { type: 'online' }, { type: 'registered' });
  expect([out.state, out.effects]).toEqual(['signed-out', []]);
});

test('another tab is shown, and can be taken over except during a call', () => {
  const waiting = newPhone().dispatch({ type: 'start', online: true }, { type: 'lock-elsewhere', busy: false });
  expect(waiting.state).toBe('elsewhere false false');
  waiting.dispatch({ type: 'take-over' });
  expect([waiting.state, waiting.effects]).toEqual(['elsewhere false true', ['request-take-over']]);
  waiting.dispatch({ type: 'lock-elsewhere', busy: true });
  expect(waiting.state).toBe('elsewhere true false');

  const idle = readyPhone().dispatch({ type: 'take-over-requested' });
  expect(idle.state).toBe('elsewhere false false');
  expect(idle.effects.filter((name) => name !== 'clear-timer')).toEqual(['close', 'release-lock', 'wait-for-lock']);
  const busy = talkingPhone().dispatch({ type: 'take-over-requested' });
  expect([busy.state, busy.effects]).toEqual(['ready', ['announce-busy']]);
});

test('a phone without a microphone is not registered, and registers when one is there again', () => {
  for (const status of ['blocked', 'missing', 'unsupported'] as const) {
    const phone = readyPhone().dispatch({ type: 'microphone', status });
    expect(phone.state).toBe(`no-microphone ${status}`);
    expect(phone.effects).toContain('close');
    phone.dispatch({ type: 'microphone', status: 'granted' });
    expect([phone.state, phone.effects]).toEqual(['connecting first', ['request-credentials']]);
  }
});

test('a call continues when the session ends, the page stays, and signing in again restores the phone', () => {
  const phone = talkingPhone().dispatch({ type: 'session-ended', why: 'absolute' });
  expect(phone.state).toBe('signed-out');
  expect(phone.phone.session).toBe('ended');
  expect(phone.effects).not.toContain('leave');
  expect(phone.effects).not.toContain('close');
  expect(phone.effects).toContain('unregister');
  expect(phone.call('ruth').phase).toBe('running');
  phone.dispatch({ type: 'signed-in' });
  expect(phone.effects).toEqual(['request-credentials']);
  phone.dispatch(credentials({ expiresAt: START + 1_200_000 }), { type: 'registered' });
  expect([phone.state, phone.phone.session]).toEqual(['ready', 'live']);
});

test('after signing in again the phone asks a portal that does not answer once more, and reports one without a session', () => {
  const phone = talkingPhone().dispatch({ type: 'session-ended', why: 'idle' }, { type: 'signed-in' });
  phone.dispatch({ type: 'credentials-unavailable' });
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'request', ms: 2000 });
  phone.dispatch({ type: 'timer', name: 'request' });
  expect(phone.effects).toEqual(['request-credentials']);
  phone.dispatch({ type: 'credentials-refused', error: 'signed-out', why: 'ended' });
  expect([phone.state, phone.phone.session, phone.phone.why]).toEqual(['signed-out', 'ended', 'ended']);
  expect(phone.effects).not.toContain('leave');
  phone.dispatch({ type: 'timer', name: 'request' });
  expect(phone.effects).toEqual([]);
  phone.dispatch({ type: 'signed-in' }, credentials(), { type: 'registered' });
  expect([phone.state, phone.phone.session]).toEqual(['ready', 'live']);
});

test('without a new sign-in the page opens the sign-in page after the call and its wrap-up', () => {
  const phone = talkingPhone().dispatch({ type: 'session-ended', why: 'idle' });
  phone.dispatch({ type: 'ended', id: 'ruth', by: 'remote', status: null });
  expect(phone.effects).toContain('close');
  expect(phone.effects).not.toContain('leave');
  phone.dispatch({ type: 'timer', name: 'wrap-up' });
  expect(phone.wants).toContainEqual({ type: 'leave', why: 'idle' });
  const without = talkingPhone({ wrapUpSeconds: 0 }).dispatch({ type: 'session-ended', why: 'idle' });
  without.dispatch({ type: 'ended', id: 'ruth', by: 'remote', status: null });
  expect(without.wants).toContainEqual({ type: 'leave', why: 'idle' });
});

test('when another user signs in the call continues, and the page reloads after it', () => {
  const phone = talkingPhone().dispatch({ type: 'session-ended', why: 'absolute' }, { type: 'signed-in' });
  phone.dispatch(credentials({ extension: '205', name: 'Piotr' }));
  expect(phone.state).toBe('not-allowed other-user');
  expect(phone.effects).not.toContain('reload');
  phone.dispatch({ type: 'ended', id: 'ruth', by: 'local', status: null });
  expect(phone.effects).toContain('reload');
});

test('the socket of a running call reconnects although the phone is no longer registered', () => {
  const phone = talkingPhone().dispatch({ type: 'session-ended', why: 'absolute' }, { type: 'socket-closed' });
  expect(phone.wants).toContainEqual({ type: 'set-timer', name: 'connect', ms: 500 });
  phone.dispatch({ type: 'timer', name: 'connect' });
  expect([phone.state, phone.effects]).toEqual(['signed-out', ['connect', 'set-timer']]);
});

test('signing out hangs up, unregisters and lets another tab be the phone', () => {
  const phone = talkingPhone().dispatch({ type: 'sign-out' });
  expect(phone.effects.filter((name) => name !== 'clear-timer')).toEqual(['hang-up', 'close', 'release-lock']);
  phone.dispatch(credentials(), { type: 'socket-open' }, { type: 'registered' });
  expect(phone.state).toBe('signed-out');
});

test('signing out while credentials are under way: they come too late', () => {
  const phone = newPhone().dispatch({ type: 'start', online: true }, { type: 'lock-held' });
  phone.dispatch({ type: 'microphone', status: 'granted' }, { type: 'sign-out' }, credentials());
  expect([phone.state, phone.effects.includes('connect')]).toEqual(['signed-out', false]);
  expect(MILO.extension).toBe('202');
});

test('no call rings after sign-out or after another tab took over', () => {
  const gone = [
    readyPhone().dispatch({ type: 'sign-out' }),
    readyPhone().dispatch({ type: 'take-over-requested' }),
    readyPhone().dispatch({ type: 'lock-lost' }),
    talkingPhone().dispatch({ type: 'session-ended', why: 'idle' }),
  ];
  for (const phone of gone) {
    const before = phone.phone.calls.length;
    phone.dispatch({ type: 'incoming', id: 'late', peer: '203', peerName: null });
    expect([phone.state, phone.wants]).toEqual([phone.state, [{ type: 'refuse', id: 'late' }]]);
    expect(phone.phone.calls).toHaveLength(before);
  }
});
