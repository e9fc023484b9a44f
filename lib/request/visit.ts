import { findOperatorSession } from '@/lib/operators/sessions';
import type { RequestStore, Visit } from '@/lib/request/store';
import { isUnavailable } from '@/lib/result';
import { findSession } from '@/lib/sessions/find';
import type { Host } from '@/lib/tenants/host';

const HOME = /^\/(home)?(\?|$)/;

/**
 * Returns the session of this cookie at `host`, in one statement. Throws Unavailable, at once if
 * the database did not answer earlier in the same request: an action and its page both ask.
 */
export async function findVisit(host: Host, token: string | undefined, store: RequestStore): Promise<Visit> {
  if (store.unavailable) throw store.unavailable;
  const { interaction, address, path } = store;
  try {
    if (host.kind === 'operator') return { operator: await findOperatorSession(token, interaction) };
    if (host.kind !== 'tenant' && host.kind !== 'domain') return {};
    return { found: await findSession(host, token, interaction, { address, home: HOME.test(path) }) };
  } catch (error) {
    if (isUnavailable(error)) store.unavailable = error;
    throw error;
  }
}
