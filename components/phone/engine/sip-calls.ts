import type { RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRequest } from 'jssip/lib/SIPMessage';
import type { UA } from 'jssip/lib/UA';
import { cleanName } from '@/components/phone/machine/clean-name';
import type { Sip, Tell } from '@/components/phone/machine/ports';
import type { PhoneCredentials } from '@/lib/phone/wire';
import { gatherAnew, guardCall } from './guard-call';
import { playRemote } from './play-remote';

/** A TURN server that does not answer is not waited for longer than this after the first candidate. */
const CANDIDATES_MS = 1000;
const BUSY = 486;
const CANNOT = 480;
/** RFC 3891, as it stands in an address. What it holds becomes a line of our own call. */
const REPLACES = /^[\x20-\x7e]{1,300}$/;
/** Most interruptions pass. Then whoever called mends the media first; the other one only where that did not help. */
const MENDS_AFTER_MS = { outgoing: 1500, incoming: 5000 };

type Side = () => { ua: UA | undefined; credentials: PhoneCredentials | undefined; isOpen: boolean };
type Line = {
  session: RTCSession;
  stream?: MediaStream;
  stopPlaying?: () => void;
  mending?: ReturnType<typeof setTimeout>;
};
type Actions = Omit<Sip, 'use' | 'connect' | 'drop' | 'register' | 'unregister' | 'close'>;
type End = { originator: unknown; message: unknown };
type ReferTo = {
  user: string;
  host: string;
  clearParams: () => void;
  hasHeader: (name: string) => boolean;
  getHeader: (name: string) => string[] | undefined;
};

/** What a call asks of the rest of the phone. */
export type Around = {
  openMicrophone: () => Promise<MediaStream | null>;
  /** Whether somebody of the company has this extension. */
  isColleague: (extension: string) => Promise<boolean>;
};

/** Promises the calls over one agent: what comes in, and what can be done with each. */
export function sipCalls(tell: Tell, side: Side, { openMicrophone, isColleague }: Around) {
  const lines = new Map<string, Line>();
  const sentOn = new WeakSet<RTCSession>();
  const unsaid: RTCSession[] = [];

  function receive(session: RTCSession) {
    const id = crypto.randomUUID();
    follow(id, { session });
    const { uri, display_name: shown } = session.remote_identity;
    tell({ type: 'incoming', id, peer: peerOf(uri), peerName: cleanName(shown) || null });
  }

  function dial(id: string, uri: string, stream: MediaStream) {
    const { ua } = side();
    if (!ua) return stop(stream);
    try {
      const session = ua.call(uri, { mediaStream: stream, pcConfig: pcConfig() });
      follow(id, { session, stream });
      attach(id, session.connection);
    } catch {
      stop(stream);
      tell({ type: 'over', id, by: 'system', status: null });
    }
  }

  function answer(id: string, stream: MediaStream) {
    const line = lines.get(id);
    if (!line?.session.isInProgress()) return stop(stream);
    line.stream = stream;
    try {
      line.session.answer({ mediaStream: stream, pcConfig: pcConfig() });
      attach(id, line.session.connection);
    } catch {
      line.session.terminate({ status_code: CANNOT });
    }
  }

  function follow(id: string, line: Line) {
    const { session } = line;
    lines.set(id, line);
    guardCall(session, {
      offerFailed: () => tell({ type: 'hold-failed', id }),
      mediaLost: () => tell({ type: 'media', id, is: 'interrupted' }),
    });
    session.on('progress', () => tell({ type: 'progress', id }));
    session.on('accepted', () => tell({ type: 'answered', id }));
    for (const event of ['hold', 'unhold'] as const)
      session.on(event, ({ originator }) => {
        if (`${originator}` === 'remote') tell({ type: 'held-by-other', id, held: event === 'hold' });
      });
    session.on('icecandidate', readySoon());
    session.on('reinvite', ({ request }) => gatherAnew(session, request.body));
    session.on('refer', ({ request, accept, reject }) => {
      // Once: nobody who is on the line makes this phone call one after the other.
      if (sentOn.has(session)) return reject();
      void goOnTo(session, request, accept, reject);
    });
    session.on('ended', (event) => end(id, event));
    session.on('failed', (event) => end(id, event));
  }

  function attach(id: string, connection: RTCPeerConnection) {
    const line = lines.get(id);
    if (!line) return;
    line.stopPlaying = playRemote(connection);
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      if (state === 'connected') tell({ type: 'media', id, is: 'fine' });
      if (state === 'disconnected' || state === 'failed') tell({ type: 'media', id, is: 'interrupted' });
    });
  }

  function end(id: string, { originator, message }: End) {
    const line = lines.get(id);
    if (!line) return;
    lines.delete(id);
    clearTimeout(line.mending);
    line.stopPlaying?.();
    stop(line.stream);
    const said = message as { status_code?: number; getHeader?: (name: string) => string | undefined } | null;
    const by = originator === 'local' ? 'us' : originator === 'remote' ? 'them' : 'system';
    const elsewhere = /cause=200\b|completed elsewhere/i.test(said?.getHeader?.('reason') ?? '');
    tell({ type: 'over', id, by, status: said?.status_code ?? null, elsewhere });
  }

  /** Only to a colleague: nobody who is on the line makes this phone call a number that costs, or the police. */
  async function goOnTo(by: RTCSession, request: IncomingRequest, accept: CallableFunction, reject: () => void) {
    const { uri } = (request as unknown as { refer_to: { uri: ReferTo } }).refer_to;
    const isOurs = uri.host.toLowerCase() === side().credentials?.domain.toLowerCase();
    if (!isOurs || !/^\d{2,10}$/.test(uri.user) || !isReplacesPlain(uri)) return reject();
    sentOn.add(by);
    const stream = (await isColleague(uri.user)) ? await openMicrophone() : null;
    if (!stream || by.isEnded()) {
      stop(stream ?? undefined);
      sentOn.delete(by);
      return reject();
    }
    uri.clearParams();
    const id = crypto.randomUUID();
    tell({ type: 'transferred', id, peer: uri.user });
    const begun = (session: RTCSession) => {
      follow(id, { session, stream });
      attach(id, session.connection);
    };
    try {
      accept(begun, { mediaStream: stream, pcConfig: pcConfig() });
    } catch {
      stop(stream);
      lines.delete(id);
      tell({ type: 'over', id, by: 'system', status: null });
    }
  }

  function hangUp(id: string) {
    const line = lines.get(id);
    if (!line) return;
    if (side().isOpen || !line.session.isEstablished()) return line.session.terminate();
    // Nobody can be told now: over for this person at once, and said when the socket is back.
    unsaid.push(line.session);
    line.session.connection.close();
    end(id, { originator: 'local', message: null });
  }

  function sayWhatIsUnsaid() {
    for (const session of unsaid.splice(0)) if (!session.isEnded()) session.terminate();
  }

  function offer(id: string, begin: (session: RTCSession, done: () => void) => boolean, held: boolean) {
    const session = lines.get(id)?.session;
    const done = () => tell({ type: 'held', id, held });
    if (session && (!side().isOpen || !begin(session, done))) tell({ type: 'hold-failed', id });
  }

  function restartMedia(id: string) {
    const line = lines.get(id);
    if (!line) return;
    const { session } = line;
    clearTimeout(line.mending);
    line.mending = setTimeout(
      () => {
        const isWell = session.isEnded() || session.connection.connectionState === 'connected';
        if (!isWell && side().isOpen) session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
      },
      `${session.direction}` === 'outgoing' ? MENDS_AFTER_MS.outgoing : MENDS_AFTER_MS.incoming,
    );
  }

  function transfer(id: string, uri: string) {
    const failed = () => tell({ type: 'transfer-failed', id });
    const accepted = () => tell({ type: 'transfer-accepted', id });
    const session = lines.get(id)?.session;
    if (!session || !side().isOpen) return failed();
    try {
      session.refer(uri, { eventHandlers: { requestFailed: failed, failed, accepted } });
    } catch {
      failed();
    }
  }

  function speakThrough(id: string, stream: MediaStream) {
    const line = lines.get(id);
    const [track] = stream.getAudioTracks();
    const sender = line?.session.connection?.getSenders().find((one) => one.track?.kind === 'audio');
    if (!line || !track || !sender) return stop(stream);
    track.enabled = sender.track?.enabled ?? true;
    void sender
      .replaceTrack(track)
      .then(() => {
        stop(line.stream);
        line.stream = stream;
        // The call may have ended meanwhile.
        if (!lines.has(id)) stop(stream);
      })
      .catch(() => stop(stream));
  }

  function peerOf(uri: { user?: string; host?: string; hasParam?: (name: string) => boolean } | undefined) {
    // JsSIP takes what maddr says for the host, so that anybody could seem to be of the company.
    const host = uri?.hasParam?.('maddr') ? '' : `${uri?.host ?? ''}`.toLowerCase();
    const user = cleanName(uri?.user) || '?';
    return host === side().credentials?.domain.toLowerCase() ? user : `${user}@${cleanName(host)}`;
  }

  function pcConfig(): RTCConfiguration {
    return { iceServers: side().credentials?.iceServers ?? [] };
  }

  const actions: Actions = {
    dial,
    answer,
    hangUp,
    transfer,
    restartMedia,
    speakThrough,
    refuse: (id) => {
      const session = lines.get(id)?.session;
      if (session && !session.isEnded()) session.terminate({ status_code: BUSY });
    },
    hold: (id) => offer(id, (session, done) => session.hold({}, done), true),
    resume: (id) => offer(id, (session, done) => session.unhold({}, done), false),
    mute: (id, muted) => lines.get(id)?.session[muted ? 'mute' : 'unmute']({ audio: true }),
    tone: (id, tone) => sendTone(lines.get(id)?.session, tone),
    connectionOf: (id) => lines.get(id)?.session.connection,
  };
  return { receive, sayWhatIsUnsaid, isAnybodyOnTheLine: () => lines.size > 0, actions };
}

function isReplacesPlain(uri: ReferTo) {
  if (!uri.hasHeader('replaces')) return true;
  try {
    return REPLACES.test(decodeURIComponent(`${uri.getHeader('replaces')}`));
  } catch {
    return false;
  }
}

/** In the audio itself (RFC 4733), which every exchange understands; as a message where the other side has not offered that. */
function sendTone(session: RTCSession | undefined, tone: string) {
  if (!session?.isEstablished()) return;
  const inAudio = session.connection.getSenders().some(({ dtmf }) => dtmf?.canInsertDTMF);
  session.sendDTMF(tone, { transportType: (inAudio ? 'RFC2833' : 'INFO') as never });
}

function readySoon() {
  let gathering: (() => void) | undefined;
  return ({ ready }: { ready: () => void }) => {
    if (ready === gathering) return;
    gathering = ready;
    setTimeout(ready, CANDIDATES_MS);
  };
}

function stop(stream: MediaStream | undefined) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
