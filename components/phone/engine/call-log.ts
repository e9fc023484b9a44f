import { toEndedCall } from '@/components/phone/machine/ended-call';
import type { Call } from '@/components/phone/machine/state';
import type { Portal } from './ports';

/** Stores ended calls at the portal. `settled` resolves when none is being sent. */
export function callLog(portal: Portal) {
  const sending = new Set<Promise<void>>();

  function store(call: Call) {
    const sent = portal.storeCall(toEndedCall(call)).finally(() => sending.delete(sent));
    sending.add(sent);
  }

  return { store, settled: () => Promise.all(sending) };
}
