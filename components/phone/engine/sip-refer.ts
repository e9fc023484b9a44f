import type { RTCSession } from 'jssip/lib/RTCSession';
import { isInternalTarget, type ReferUri } from '@/components/phone/machine/sip-identity';
import { stopStream } from './microphone';
import type { Dispatch } from './ports';
import type { Agent, Lines } from './sip-lines';

/** What calls need from the rest of the phone. */
export type CallServices = {
  openMicrophone: () => Promise<MediaStream | null>;
  /** Whether a user of the tenant has this extension. */
  isColleague: (extension: string) => Promise<boolean>;
};

type Context = CallServices & { dispatch: Dispatch; agent: () => Agent; lines: Lines };
type Refer = { request: unknown; accept: CallableFunction; reject: () => void };

/** Lets the other party transfer this phone (REFER), to a colleague only and once in a call. */
export function acceptTransfers({ dispatch, agent, lines, openMicrophone, isColleague }: Context) {
  const transferred = new WeakSet<RTCSession>();

  /** External targets are refused: they could cost money, or reach the emergency services. */
  async function follow(session: RTCSession, { request, accept, reject }: Refer) {
    const { uri } = (request as { refer_to: { uri: ReferUri } }).refer_to;
    if (!isInternalTarget(uri, agent().credentials?.domain)) return reject();
    transferred.add(session);
    const stream = (await isColleague(uri.user)) ? await openMicrophone() : null;
    if (!stream || session.isEnded()) {
      stopStream(stream ?? undefined);
      transferred.delete(session);
      return reject();
    }
    uri.clearParams();
    const id = crypto.randomUUID();
    dispatch({ type: 'referred', id, peer: uri.user });
    const onSession = (next: RTCSession) => {
      lines.add(id, { session: next, stream });
      listen(next);
      lines.connectMedia(id, next.connection);
    };
    try {
      accept(onSession, { mediaStream: stream, pcConfig: { iceServers: agent().credentials?.iceServers ?? [] } });
    } catch {
      lines.fail(id, stream);
    }
  }

  function listen(session: RTCSession) {
    session.on('refer', (refer) => {
      if (transferred.has(session)) return refer.reject();
      void follow(session, refer);
    });
  }

  return listen;
}
