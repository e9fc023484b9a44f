import type { RTCSession, TerminateOptions } from 'jssip/lib/RTCSession';

/** What JsSIP ends a running call for although both people may still hear each other, or soon will again. */
const NO_REASON_TO_END = new Set(['Connection Error', 'Request Timeout', 'WebRTC Error', 'RTP Timeout']);

type Guard = { offerFailed: () => void; mediaLost: () => void };
type Inside = {
  _localHold: boolean;
  _rtcReady: boolean;
  _rtcAnswerConstraints: { iceRestart: true } | null;
  _setLocalMediaStatus: () => void;
};

/** Promises that a running call ends only because one of the two people wants it, or the other side knows of it no more. */
export function guardCall(session: RTCSession, { offerFailed, mediaLost }: Guard) {
  const terminate = session.terminate.bind(session);
  session.terminate = (options: TerminateOptions = {}) => {
    const cause = `${options.cause ?? ''}`;
    if (!session.isEstablished() || !NO_REASON_TO_END.has(cause)) return terminate(options);
    if (cause === 'RTP Timeout') return mediaLost();
    void withdrawOffer(session).then((wasHold) => {
      if (wasHold) offerFailed();
    });
  };
}

/** An offer that was not answered is taken back, and with it what it was to change. Promises whether that was a hold. */
async function withdrawOffer(session: RTCSession) {
  const { connection } = session;
  if (connection.signalingState !== 'have-local-offer') return false;
  const before = holdOf(connection.currentLocalDescription?.sdp);
  await connection.setLocalDescription({ type: 'rollback' }).catch(() => {});
  const inside = session as unknown as Inside;
  const wasHold = inside._localHold !== before;
  inside._localHold = before;
  inside._rtcReady = true;
  inside._setLocalMediaStatus();
  return wasHold;
}

function holdOf(sdp: string | undefined) {
  return /a=(sendonly|inactive)/.test(sdp ?? '');
}

/** An offer that begins the media's path anew is answered with our new candidates; JsSIP would answer before there are any. */
export function gatherAnew(session: RTCSession, offer: string) {
  const isNew = fragmentOf(offer) !== fragmentOf(session.connection.currentRemoteDescription?.sdp);
  (session as unknown as Inside)._rtcAnswerConstraints = isNew ? { iceRestart: true } : null;
}

function fragmentOf(sdp: string | undefined) {
  return /a=ice-ufrag:(\S+)/.exec(sdp ?? '')?.[1];
}
