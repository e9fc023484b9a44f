import type { RTCSessionEvent, UA } from 'jssip/lib/UA';
import type { PhoneCredentials } from '@/lib/phone/wire';
import type { Dispatch, Sip } from './ports';
import { sipCalls } from './sip-calls';
import type { Agent } from './sip-lines';
import type { CallServices } from './sip-refer';

/** Disables JsSIP's own reconnecting: the state machine decides when, with its backoff. */
const NEVER_S = 1_000_000;
const REGISTER_FOR_S = 300;
/** The limit for unregistering before the socket closes. */
const UNREGISTER_MS = 1000;

/** The transport of an agent, which JsSIP's types leave out. */
type Transport = { connect: () => void; disconnect: () => void; isConnected: () => boolean };

/** Returns SIP over JsSIP, which is loaded when the first credentials arrive. */
export function openSip(dispatch: Dispatch, services: CallServices): Sip {
  let ua: UA | undefined;
  let current: PhoneCredentials | undefined;
  let isSilent = false;
  const calls = sipCalls(dispatch, currentAgent, services);

  function currentAgent(): Agent {
    return { ua, credentials: current, isOpen: transportOf(ua)?.isConnected() ?? false };
  }

  async function use(credentials: PhoneCredentials) {
    const { UA, WebSocketInterface } = await import('./jssip');
    const stays = ua !== undefined && isSameAgent(current, credentials);
    // A new agent would end the running calls.
    if (!stays && calls.hasCalls()) return 'deferred';
    current = credentials;
    if (stays && ua) {
      authenticate(ua, credentials);
      return 'same-socket';
    }
    silently(() => ua?.stop());
    ua = new UA({ ...agentSettings(credentials), sockets: [new WebSocketInterface(credentials.socket)] });
    listen(ua);
    return 'new-agent';
  }

  function listen(agent: UA) {
    const whileCurrent = (act: () => void) => () => {
      if (agent === ua && !isSilent) act();
    };
    agent.on('connected', whileCurrent(onOpen));
    agent.on('disconnected', whileCurrent(onClose));
    agent.on('registered', () => {
      if (agent === ua) dispatch({ type: 'registered' });
    });
    agent.on('registrationFailed', ({ response }) => {
      if (agent === ua && !isSilent && agent.isConnected())
        dispatch({ type: 'registration-failed', status: response?.status_code ?? null });
    });
    agent.on('registrationExpiring', () => dispatch({ type: 'expiring' }));
    agent.on('newRTCSession', ({ originator, session }: RTCSessionEvent) => {
      if (`${originator}` === 'remote') calls.receive(session);
    });
  }

  function onOpen() {
    calls.terminatePending();
    dispatch({ type: 'socket-open' });
  }

  function onClose() {
    dispatch({ type: 'socket-closed' });
  }

  function silently(act: () => void) {
    isSilent = true;
    try {
      act();
    } finally {
      isSilent = false;
    }
  }

  function connect() {
    const transport = transportOf(ua);
    if (!ua || !transport) return;
    if (transport.isConnected()) return onOpen();
    // start() restarts a stopped agent; one that lost its socket needs its transport to connect.
    ua.start();
    transport.connect();
  }

  function drop() {
    silently(() => transportOf(ua)?.disconnect());
  }

  function register() {
    if (!ua || !current) return;
    const isRenewal = ua.isRegistered();
    ua.register();
    // JsSIP does not report a successful renewal.
    if (isRenewal) dispatch({ type: 'registered' });
  }

  async function close() {
    const agent = ua;
    if (!agent?.isConnected()) return drop();
    if (agent.isRegistered()) await unregister(agent);
    // A new registration may have started in the meantime.
    if (agent === ua && !agent.isRegistered()) drop();
  }

  return { use, connect, drop, register, unregister: () => ua?.unregister(), close, ...calls.actions };
}

/** Unregisters an agent, and waits at most UNREGISTER_MS for the server. */
function unregister(agent: UA) {
  return new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, UNREGISTER_MS);
    agent.once('unregistered', () => {
      clearTimeout(timer);
      resolve();
    });
    agent.unregister();
  });
}

function isSameAgent(before: PhoneCredentials | undefined, { socket, domain, extension }: PhoneCredentials) {
  return before?.socket === socket && before.domain === domain && before.extension === extension;
}

function agentSettings({ extension, domain, name, user, secret }: PhoneCredentials) {
  return {
    uri: `sip:${extension}@${domain}`,
    display_name: name,
    authorization_user: user,
    realm: domain,
    ...secret,
    instance_id: instanceId(),
    register: false,
    register_expires: REGISTER_FOR_S,
    // A call continues while the server is unreachable; silence is ended by the users.
    session_timers: false,
    connection_recovery_min_interval: NEVER_S,
    connection_recovery_max_interval: NEVER_S,
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

/**
 * Returns an id kept for the tab, so that a reloaded page replaces its old registration (RFC 5626).
 */
function instanceId() {
  const key = 'gatehouse-phone-instance';
  try {
    const stored = sessionStorage.getItem(key);
    if (stored && /^[0-9a-f-]{36}$/.test(stored)) return stored;
    const created = crypto.randomUUID();
    sessionStorage.setItem(key, created);
    return created;
  } catch {
    return crypto.randomUUID();
  }
}
