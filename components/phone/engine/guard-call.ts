import type { RTCSession, TerminateOptions } from 'jssip/lib/RTCSession';

/** Causes for which JsSIP ends a call although its media may still run or return. */
const TOLERATED_CAUSES = new Set(['Connection Error', 'Request Timeout', 'WebRTC Error', 'RTP Timeout']);

type Guard = { onOfferFailed: () => void; onMediaLost: () => void };
/** The private members of an RTCSession that this file uses. */
type SessionInternals = {
  _localHold: boolean;
  _rtcReady: boolean;
  _rtcAnswerConstraints: { iceRestart: true } | null;
  _setLocalMediaStatus: () => void;
};

/** Keeps a running call until a user ends it or the other side no longer knows it. */
export function guardCall(session: RTCSession, { onOfferFailed, onMediaLost }: Guard) {
  const terminate = session.terminate.bind(session);
  session.terminate = (options: TerminateOptions = {}) => {
    const cause = `${options.cause ?? ''}`;
    if (!session.isEstablished() || !TOLERATED_CAUSES.has(cause)) return terminate(options);
    if (cause === 'RTP Timeout') return onMediaLost();
    void withdrawOffer(session).then((changedHold) => {
      if (changedHold) onOfferFailed();
    });
  };
}

/**
 * Rolls back an unanswered offer and the hold it asked for. Returns whether it changed the hold.
 */
async function withdrawOffer(session: RTCSession) {
  const { connection } = session;
  if (connection.signalingState !== 'have-local-offer') return false;
  const before = holdOf(connection.currentLocalDescription?.sdp);
  await connection.setLocalDescription({ type: 'rollback' }).catch(() => {});
  const internals = session as unknown as SessionInternals;
  const changedHold = internals._localHold !== before;
  internals._localHold = before;
  internals._rtcReady = true;
  internals._setLocalMediaStatus();
  return changedHold;
}

function holdOf(sdp: string | undefined) {
  return /a=(sendonly|inactive)/.test(sdp ?? '');
}

/**
 * Answers an offer that restarts ICE with new candidates; JsSIP would answer before there are any.
 */
export function restartGathering(session: RTCSession, offer: string) {
  const isNew = iceFragmentOf(offer) !== iceFragmentOf(session.connection.currentRemoteDescription?.sdp);
  (session as unknown as SessionInternals)._rtcAnswerConstraints = isNew ? { iceRestart: true } : null;
}

function iceFragmentOf(sdp: string | undefined) {
  return /a=ice-ufrag:(\S+)/.exec(sdp ?? '')?.[1];
}
