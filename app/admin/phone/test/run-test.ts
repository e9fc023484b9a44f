import type { UA } from 'jssip';
import type { PhoneCredentials } from '@/lib/phone/wire';
import { seconds } from '@/lib/time';
import type { TestOutcome } from './outcomes';

const STEP_TIMEOUT = seconds(10);

/** Goes through the saved settings as a softphone would, tells each step as it ends, and leaves nothing registered. Stops at what fails. */
export async function runTest(tell: (outcome: TestOutcome) => void) {
  const asked = await requestCredentials();
  tell({ step: 'credentials', code: asked.code });
  if (!asked.credentials) return;
  const socket = await trySocket(asked.credentials.socket);
  tell({ step: 'socket', code: socket });
  if (socket !== 'open') return;
  const registered = await tryRegister(asked.credentials);
  tell({ step: 'register', ...registered });
  if (registered.code !== 'accepted') return;
  tell({ step: 'relay', code: await tryRelay(asked.credentials) });
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

/* First by itself: a SIP stack tries again and again where a socket does not open, and does not say which of its tries ended how. */
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

/* Only through the relay: a direct way between two browsers says nothing about the one behind a strict network. */
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
      // An address that this browser does not take.
      done('silent');
      return () => {};
    }
  });
}

/** Promises what `attempt` calls done with, or `late`; either way what it has begun is ended. */
function withTimeout<Value>(late: Value, attempt: (done: (value: Value) => void) => () => void) {
  return new Promise<Value>((resolve) => {
    let end = () => {};
    let isOver = false;
    const done = (value: Value) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      resolve(value);
      end();
    };
    const timer = setTimeout(() => done(late), STEP_TIMEOUT);
    end = attempt(done);
    if (isOver) end();
  });
}
