import { accountOf, hostOf, isSameAccount } from '@/components/phone/machine/account';
import { isCalling } from '@/components/phone/machine/state';
import type { Portal, Sip } from './ports';
import type { Store } from './store';

/** Requests credentials and gives them to SIP. `socket` is what this document may connect to. */
export async function requestCredentials(store: Store, portal: Portal, sip: Sip, socket: string) {
  const { dispatch } = store;
  const result = await portal.credentials();
  if (!result.ok) {
    if (result.error === 'unavailable') return dispatch({ type: 'credentials-unavailable' });
    return dispatch({ type: 'credentials-refused', error: result.error, why: result.why });
  }
  // The content security policy of this document allows the old address only.
  if (hostOf(result.credentials.socket) !== hostOf(socket) && !isCalling(store.phone))
    return dispatch({ type: 'credentials-refused', error: 'old-page', why: null });
  try {
    const used = await sip.use(result.credentials);
    const account = accountOf(result.credentials, result.aheadMs);
    if (used === 'deferred' && isSameAccount(account, store.phone.account))
      return dispatch({ type: 'credentials-unavailable' });
    dispatch({ type: 'credentials', account, sameSocket: used === 'same-socket' });
  } catch {
    dispatch({ type: 'credentials-unavailable' });
  }
}
