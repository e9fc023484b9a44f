import type { DialTarget } from '@/components/phone/machine/number';
import { runningEngine } from './place';

/** Dials a target where the phone is ready. Returns whether it did. */
export function callTarget({ uri, peer }: Pick<DialTarget, 'uri' | 'peer'>, name: string | null) {
  const engine = runningEngine();
  if (engine?.phone.registration.state !== 'ready') return false;
  const id = crypto.randomUUID();
  engine.dispatch({ type: 'dial', id, peer, peerName: name, uri });
  return engine.phone.calls.some((call) => call.id === id);
}

/** Dials an extension of the tenant. Returns whether it did. */
export function callExtension(extension: string, name: string | null) {
  const domain = runningEngine()?.phone.account?.domain;
  return domain ? callTarget({ uri: `sip:${extension}@${domain}`, peer: extension }, name) : false;
}
