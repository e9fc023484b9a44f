import type { RTCSession } from 'jssip/lib/RTCSession';
import type { UA } from 'jssip/lib/UA';
import { endOf } from '@/components/phone/machine/sip-identity';
import type { PhoneCredentials } from '@/lib/phone/wire';
import { guardCall, restartGathering } from './guard-call';
import { stopStream } from './microphone';
import { playRemote } from './play-remote';
import type { Dispatch } from './ports';

/** How long to gather more ICE candidates after the first; a TURN server may never answer. */
const GATHERING_MS = 1000;

export type Agent = { ua: UA | undefined; credentials: PhoneCredentials | undefined; isOpen: boolean };

export type Line = {
  session: RTCSession;
  stream?: MediaStream;
  stopPlaying?: () => void;
  /** The pending restart of interrupted media. */
  restart?: ReturnType<typeof setTimeout>;
};

export type Lines = ReturnType<typeof createLines>;

/** Returns the sessions of the calls in progress, by call id, and reports their events. */
export function createLines(dispatch: Dispatch) {
  const lines = new Map<string, Line>();

  /** Follows a session until it ends. */
  function add(id: string, line: Line) {
    const { session } = line;
    lines.set(id, line);
    guardCall(session, {
      onOfferFailed: () => dispatch({ type: 'hold-failed', id }),
      onMediaLost: () => dispatch({ type: 'media', id, status: 'interrupted' }),
    });
    session.on('progress', () => dispatch({ type: 'progress', id }));
    session.on('accepted', () => dispatch({ type: 'answered', id }));
    for (const event of ['hold', 'unhold'] as const)
      session.on(event, ({ originator }) => {
        if (`${originator}` === 'remote') dispatch({ type: 'remote-hold', id, held: event === 'hold' });
      });
    session.on('icecandidate', limitGathering());
    session.on('reinvite', ({ request }) => restartGathering(session, request.body));
    session.on('ended', ({ originator, message }) => end(id, originator, message));
    session.on('failed', ({ originator, message }) => end(id, originator, message));
  }

  /** Plays the remote audio, and reports when media is interrupted or restored. */
  function connectMedia(id: string, connection: RTCPeerConnection) {
    const line = lines.get(id);
    if (!line) return;
    line.stopPlaying = playRemote(connection);
    connection.addEventListener('connectionstatechange', () => {
      const state = connection.connectionState;
      if (state === 'connected') dispatch({ type: 'media', id, status: 'fine' });
      if (state === 'disconnected' || state === 'failed') dispatch({ type: 'media', id, status: 'interrupted' });
    });
  }

  function end(id: string, originator: unknown, message: unknown) {
    const line = lines.get(id);
    if (!line) return;
    lines.delete(id);
    clearTimeout(line.restart);
    line.stopPlaying?.();
    stopStream(line.stream);
    dispatch({ type: 'ended', id, ...endOf(originator, message) });
  }

  /** Reports a call that could not be started, and stops its microphone. */
  function fail(id: string, stream: MediaStream) {
    stopStream(stream);
    lines.delete(id);
    dispatch({ type: 'ended', id, by: 'system', status: null });
  }

  return {
    add,
    connectMedia,
    end,
    fail,
    get: (id: string) => lines.get(id),
    isEmpty: () => lines.size === 0,
  };
}

function limitGathering() {
  let gathering: (() => void) | undefined;
  return ({ ready }: { ready: () => void }) => {
    if (ready === gathering) return;
    gathering = ready;
    setTimeout(ready, GATHERING_MS);
  };
}
