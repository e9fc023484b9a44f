import type { Target } from '@/components/phone/machine/number';
import { livingEngine } from './place';

/** Calls somebody, where the phone is ready. Promises whether it does. */
export function callTarget({ uri, peer }: Pick<Target, 'uri' | 'peer'>, name: string | null) {
  const engine = livingEngine();
  if (engine?.phone.registration.is !== 'ready') return false;
  const id = crypto.randomUUID();
  engine.tell({ type: 'dial', id, peer, peerName: name, uri });
  return engine.phone.calls.some((call) => call.id === id);
}

/** The same by an extension of the company. */
export function callExtension(extension: string, name: string | null) {
  const domain = livingEngine()?.phone.account?.domain;
  return domain ? callTarget({ uri: `sip:${extension}@${domain}`, peer: extension }, name) : false;
}
