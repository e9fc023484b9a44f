import type { RTCSessionEvent, UA } from 'jssip/lib/UA';
import type { Sip, Tell } from '@/components/phone/machine/ports';
import type { PhoneCredentials } from '@/lib/phone/wire';
import { type Around, sipCalls } from './sip-calls';

/** JsSIP's own reconnecting is put off to the end of days: the state machine says when, with our back-off. */
const NEVER_S = 1_000_000;
const REGISTER_FOR_S = 300;
/** What a goodbye may take. */
const GOODBYE_MS = 1000;

/** What JsSIP's types leave out: the transport, with its own way to begin and end. */
type Transport = { connect: () => void; disconnect: () => void; isConnected: () => boolean };

/** Promises the SIP side over JsSIP, which is loaded when the first credentials arrive. */
export function openSip(tell: Tell, around: Around): Sip {
  let ua: UA | undefined;
  let current: PhoneCredentials | undefined;
  let silent = false;
  const calls = sipCalls(tell, here, around);

  function here() {
    return { ua, credentials: current, isOpen: transportOf(ua)?.isConnected() ?? false };
  }

  async function use(credentials: PhoneCredentials) {
    const was = current;
    const { UA, WebSocketInterface } = await import('./jssip');
    const stays =
      ua !== undefined &&
      was?.socket === credentials.socket &&
      was.domain === credentials.domain &&
      was.extension === credentials.extension;
    // Another agent would cut off whoever is on the line.
    if (!stays && calls.isAnybodyOnTheLine()) return 'not-now';
    current = credentials;
    if (stays && ua) {
      authenticate(ua, credentials);
      return 'goes-on';
    }
    quietly(() => ua?.stop());
    ua = new UA({
      sockets: [new WebSocketInterface(credentials.socket)],
      uri: `sip:${credentials.extension}@${credentials.domain}`,
      display_name: credentials.name,
      authorization_user: credentials.user,
      realm: credentials.domain,
      ...credentials.secret,
      instance_id: instanceId(),
      register: false,
      register_expires: REGISTER_FOR_S,
      // A call goes on while the server is away; whoever does not hear the other one hangs up himself.
      session_timers: false,
      connection_recovery_min_interval: NEVER_S,
      connection_recovery_max_interval: NEVER_S,
    });
    listen(ua);
    return 'begins-anew';
  }

  function listen(agent: UA) {
    const mine = (act: () => void) => () => {
      if (agent === ua && !silent) act();
    };
    agent.on('connected', mine(opened));
    agent.on(
      'disconnected',
      mine(() => tell({ type: 'socket-closed' })),
    );
    agent.on('registered', () => {
      if (agent === ua) tell({ type: 'registered' });
    });
    agent.on('registrationFailed', ({ response }) => {
      if (agent === ua && !silent && agent.isConnected())
        tell({ type: 'registration-failed', status: response?.status_code ?? null });
    });
    agent.on('registrationExpiring', () => tell({ type: 'expiring' }));
    agent.on('newRTCSession', ({ originator, session }: RTCSessionEvent) => {
      if (`${originator}` === 'remote') calls.receive(session);
    });
  }

  function opened() {
    calls.sayWhatIsUnsaid();
    tell({ type: 'socket-open' });
  }

  function quietly(act: () => void) {
    silent = true;
    try {
      act();
    } finally {
      silent = false;
    }
  }

  function connect() {
    const transport = transportOf(ua);
    if (!ua || !transport) return;
    if (transport.isConnected()) return opened();
    // start() also wakes an agent that was stopped; one that lost its socket is only helped by the transport itself.
    ua.start();
    transport.connect();
  }

  function drop() {
    quietly(() => transportOf(ua)?.disconnect());
  }

  function register() {
    if (!ua || !current) return;
    const already = ua.isRegistered();
    ua.register();
    // JsSIP says nothing about a renewal that went well.
    if (already) tell({ type: 'registered' });
  }

  async function close() {
    const agent = ua;
    if (!agent?.isConnected()) return drop();
    if (agent.isRegistered()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GOODBYE_MS);
        agent.once('unregistered', () => {
          clearTimeout(timer);
          resolve();
        });
        agent.unregister();
      });
    }
    // Meanwhile somebody may have begun again.
    if (agent === ua && !agent.isRegistered()) drop();
  }

  return {
    use,
    connect,
    drop,
    register,
    unregister: () => ua?.unregister(),
    close,
    ...calls.actions,
  };
}

function authenticate(ua: UA, { user, domain, secret }: PhoneCredentials) {
  ua.set('authorization_user', user);
  ua.set('realm', domain);
  if ('ha1' in secret) ua.set('ha1', secret.ha1);
  else ua.set('password', secret.password);
}

function transportOf(ua: UA | undefined) {
  return (ua as unknown as { transport?: Transport } | undefined)?.transport;
}

/** A tab that was loaded again takes its own old registration's place (RFC 5626). */
function instanceId() {
  const key = 'gatehouse-phone-instance';
  try {
    const kept = sessionStorage.getItem(key);
    if (kept && /^[0-9a-f-]{36}$/.test(kept)) return kept;
    const made = crypto.randomUUID();
    sessionStorage.setItem(key, made);
    return made;
  } catch {
    return crypto.randomUUID();
  }
}
