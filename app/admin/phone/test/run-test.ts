import type { UA } from 'jssip';
import type { PhoneCredentials } from '@/lib/phone/wire';
import { seconds } from '@/lib/time';
import type { TestOutcome } from './outcomes';

const STEP_TIMEOUT = seconds(10);

/** Tests the saved settings step by step, until one fails. Nothing stays registered. */
export async function runTest(onOutcome: (outcome: TestOutcome) => void) {
  const result = await requestCredentials();
  onOutcome({ step: 'credentials', code: result.code });
  if (!result.credentials) return;
  const socketCode = await trySocket(result.credentials.socket);
  onOutcome({ step: 'socket', code: socketCode });
  if (socketCode !== 'open') return;
  const registered = await tryRegister(result.credentials);
  onOutcome({ step: 'register', ...registered });
  if (registered.code !== 'accepted') return;
  onOutcome({ step: 'relay', code: await tryRelay(result.credentials) });
}

type Codes<Name extends TestOutcome['step']> = Extract<TestOutcome, { step: Name }>['code'];

async function requestCredentials(): Promise<{ code: Codes<'credentials'>; credentials?: PhoneCredentials }> {
  try {
    const response = await fetch('/api/phone/test', { method: 'POST' });
    const body = await response.json();
    if (response.ok) return { code: 'made', credentials: body };
    if (body.error === 'no-settings' || body.error === 'no-sip-account' || body.error === 'signed-out')
      return { code: body.error };
    return { code: 'later' };
  } catch {
    return { code: 'later' };
  }
}

/** Tests the socket alone first: a SIP stack retries and does not report how each attempt ended. */
function trySocket(address: string) {
  return withTimeout<Codes<'socket'>>('slow', (done) => {
    const socket = new WebSocket(address, 'sip');
    socket.addEventListener('open', () => done(socket.protocol === 'sip' ? 'open' : 'protocol'));
    socket.addEventListener('close', () => done('refused'));
    return () => socket.close();
  });
}

type Registered = { code: Codes<'register'>; status?: number };

async function tryRegister(credentials: PhoneCredentials): Promise<Registered> {
  const phone = await makePhone(credentials);
  return withTimeout<Registered>({ code: 'slow' }, (done) => {
    phone.on('registered', () => done({ code: 'accepted' }));
    phone.on('disconnected', () => done({ code: 'lost' }));
    phone.on('registrationFailed', ({ response, cause }) => {
      const status = response?.status_code;
      const isWrong = status === 401 || status === 407 || cause === 'Authentication Error';
      if (isWrong) done({ code: 'password' in credentials.secret ? 'wrong-secret' : 'wrong-account' });
      else if (status === 403) done({ code: 'forbidden' });
      else if (status === 404) done({ code: 'not-found' });
      else done(status ? { code: 'other', status } : { code: 'slow' });
    });
    phone.start();
    return () => phone.stop();
  });
}

async function makePhone({ socket, domain, extension, user, secret }: PhoneCredentials): Promise<UA> {
  const { UA, WebSocketInterface } = await import('jssip');
  return new UA({
    sockets: [new WebSocketInterface(socket)],
    uri: `sip:${extension}@${domain}`,
    authorization_user: user,
    ...('password' in secret ? { password: secret.password } : { ha1: secret.ha1, realm: domain }),
    register_expires: 60,
  });
}

/** Allows relay candidates only: a direct path proves nothing about a restrictive network. */
async function tryRelay({ iceServers }: PhoneCredentials): Promise<Codes<'relay'>> {
  const relays = iceServers.filter(({ username }) => username);
  if (relays.length === 0) return 'none';
  return withTimeout<Codes<'relay'>>('silent', (done) => {
    try {
      const connection = new RTCPeerConnection({ iceServers: relays, iceTransportPolicy: 'relay' });
      connection.addEventListener('icecandidate', ({ candidate }) => candidate && done('through'));
      connection.createDataChannel('test');
      connection.setLocalDescription().catch(() => done('silent'));
      return () => connection.close();
    } catch {
      // The browser rejects the address of a server.
      done('silent');
      return () => {};
    }
  });
}

/**
 * Resolves to the value that `attempt` reports, or to `late`. Then runs the cleanup it returned.
 */
function withTimeout<Value>(late: Value, attempt: (done: (value: Value) => void) => () => void) {
  return new Promise<Value>((resolve) => {
    let cleanUp = () => {};
    let isDone = false;
    const done = (value: Value) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      resolve(value);
      cleanUp();
    };
    const timer = setTimeout(() => done(late), STEP_TIMEOUT);
    cleanUp = attempt(done);
    if (isDone) cleanUp();
  });
}
