import type { RTCSession } from 'jssip/lib/RTCSession';
import { stopStream } from './microphone';
import type { Dispatch, Sip } from './ports';
import type { Agent, Lines } from './sip-lines';

const BUSY_HERE = 486;
const TEMPORARILY_UNAVAILABLE = 480;
/**
 * Most interruptions pass. Then the caller restarts the media, and the callee only if that did not
 * help.
 */
const RESTART_AFTER_MS = { outgoing: 1500, incoming: 5000 };

type Actions = Omit<Sip, 'use' | 'connect' | 'drop' | 'register' | 'unregister' | 'close'>;
type Context = { dispatch: Dispatch; agent: () => Agent; lines: Lines; listen: (session: RTCSession) => void };

/**
 * Returns the actions on calls, and `terminatePending` for the calls that ended while the socket
 * was closed.
 */
export function sipActions(context: Context) {
  const { agent, lines } = context;
  const pending: RTCSession[] = [];

  function hangUp(id: string) {
    const line = lines.get(id);
    if (!line) return;
    if (agent().isOpen || !line.session.isEstablished()) return line.session.terminate();
    // The BYE cannot be sent now, so the call ends here at once and there when the socket is back.
    pending.push(line.session);
    line.session.connection.close();
    lines.end(id, 'local', null);
  }

  const actions: Actions = {
    ...startActions(context),
    ...holdActions(context),
    ...mediaActions(context),
    hangUp,
    refuse: (id) => {
      const session = lines.get(id)?.session;
      if (session && !session.isEnded()) session.terminate({ status_code: BUSY_HERE });
    },
    transfer: (id, uri) => transfer(context, id, uri),
    connectionOf: (id) => lines.get(id)?.session.connection,
  };
  const terminatePending = () => {
    for (const session of pending.splice(0)) if (!session.isEnded()) session.terminate();
  };
  return { actions, terminatePending };
}

function startActions({ agent, lines, listen }: Context) {
  const pcConfig = () => ({ iceServers: agent().credentials?.iceServers ?? [] });

  function dial(id: string, uri: string, stream: MediaStream) {
    const { ua } = agent();
    if (!ua) return stopStream(stream);
    try {
      const session = ua.call(uri, { mediaStream: stream, pcConfig: pcConfig() });
      lines.add(id, { session, stream });
      listen(session);
      lines.connectMedia(id, session.connection);
    } catch {
      lines.fail(id, stream);
    }
  }

  function answer(id: string, stream: MediaStream) {
    const line = lines.get(id);
    if (!line?.session.isInProgress()) return stopStream(stream);
    line.stream = stream;
    try {
      line.session.answer({ mediaStream: stream, pcConfig: pcConfig() });
      lines.connectMedia(id, line.session.connection);
    } catch {
      line.session.terminate({ status_code: TEMPORARILY_UNAVAILABLE });
    }
  }

  return { dial, answer };
}

function holdActions({ dispatch, agent, lines }: Context) {
  function setHold(id: string, held: boolean) {
    const session = lines.get(id)?.session;
    if (!session) return;
    const onDone = () => dispatch({ type: 'held', id, held });
    const isSent = agent().isOpen && (held ? session.hold({}, onDone) : session.unhold({}, onDone));
    if (!isSent) dispatch({ type: 'hold-failed', id });
  }

  return { hold: (id: string) => setHold(id, true), resume: (id: string) => setHold(id, false) };
}

function mediaActions({ agent, lines }: Context) {
  function restartMedia(id: string) {
    const line = lines.get(id);
    if (!line) return;
    const { session } = line;
    clearTimeout(line.restart);
    line.restart = setTimeout(
      () => {
        const isSettled = session.isEnded() || session.connection.connectionState === 'connected';
        if (!isSettled && agent().isOpen) session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
      },
      `${session.direction}` === 'outgoing' ? RESTART_AFTER_MS.outgoing : RESTART_AFTER_MS.incoming,
    );
  }

  async function replaceMicrophone(id: string, stream: MediaStream) {
    const line = lines.get(id);
    const [track] = stream.getAudioTracks();
    const sender = line?.session.connection?.getSenders().find((one) => one.track?.kind === 'audio');
    if (!line || !track || !sender) return stopStream(stream);
    track.enabled = sender.track?.enabled ?? true;
    try {
      await sender.replaceTrack(track);
    } catch {
      return stopStream(stream);
    }
    stopStream(line.stream);
    line.stream = stream;
    // The call may have ended in the meantime.
    if (!lines.get(id)) stopStream(stream);
  }

  return {
    restartMedia,
    replaceMicrophone: (id: string, stream: MediaStream) => void replaceMicrophone(id, stream),
    mute: (id: string, muted: boolean) => lines.get(id)?.session[muted ? 'mute' : 'unmute']({ audio: true }),
    tone: (id: string, tone: string) => sendTone(lines.get(id)?.session, tone),
  };
}

/** Sends the tone as RTP (RFC 4733), or as SIP INFO where the other side did not offer that. */
function sendTone(session: RTCSession | undefined, tone: string) {
  if (!session?.isEstablished()) return;
  const canSendRtp = session.connection.getSenders().some(({ dtmf }) => dtmf?.canInsertDTMF);
  session.sendDTMF(tone, { transportType: (canSendRtp ? 'RFC2833' : 'INFO') as never });
}

function transfer({ dispatch, agent, lines }: Context, id: string, uri: string) {
  const failed = () => dispatch({ type: 'transfer-failed', id });
  const accepted = () => dispatch({ type: 'transfer-accepted', id });
  const session = lines.get(id)?.session;
  if (!session || !agent().isOpen) return failed();
  try {
    session.refer(uri, { eventHandlers: { requestFailed: failed, failed, accepted } });
  } catch {
    failed();
  }
}
