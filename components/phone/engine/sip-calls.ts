import type { RTCSession } from 'jssip/lib/RTCSession';
import { cleanName } from '@/components/phone/machine/clean-name';
import { peerOf } from '@/components/phone/machine/sip-identity';
import type { Dispatch } from './ports';
import { sipActions } from './sip-actions';
import { type Agent, createLines } from './sip-lines';
import { acceptTransfers, type CallServices } from './sip-refer';

/** Returns the calls over one agent: `receive` for those that come in, and the actions on each. */
export function sipCalls(dispatch: Dispatch, agent: () => Agent, services: CallServices) {
  const lines = createLines(dispatch);
  const listen = acceptTransfers({ ...services, dispatch, agent, lines });

  function receive(session: RTCSession) {
    const id = crypto.randomUUID();
    lines.add(id, { session });
    listen(session);
    const { uri, display_name: displayName } = session.remote_identity;
    const peer = peerOf(uri, agent().credentials?.domain);
    dispatch({ type: 'incoming', id, peer, peerName: cleanName(displayName) || null });
  }

  return { receive, hasCalls: () => !lines.isEmpty(), ...sipActions({ dispatch, agent, lines, listen }) };
}
