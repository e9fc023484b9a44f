import type { Cause } from '@/lib/audit/record';
import { findPolicy } from '@/lib/policies/find';
import { signInWithPassword } from '@/lib/sign-in/with-password';
import type { Tenant } from '@/lib/tenants/tenants';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { PASSWORD, type Person } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

/** Takes the password step of a sign-in, without a server. */
export async function signIn(tenant: Tenant, identifier: string, password = PASSWORD) {
  const input = { identifier, password, returnTo: null };
  return signInWithPassword(tenant, await findPolicy(tenant), input, cause);
}

/** Signs a user in by password alone, without a server. */
export async function signedIn(tenant: Tenant, user: Person) {
  const done = await signIn(tenant, user.username);
  if (!done.ok || !('session' in done)) throw new Error('not signed in');
  const [row] = await admin()<{ id: string }[]>`
    select id from sessions where user_id = ${user.id} order by created_at desc limit 1`;
  return { token: done.session.token, device: done.device, sessionId: row?.id ?? '' };
}

type Running = { app(): { port: number } };

/** Returns browsers at a running product: a new one at a tenant, and one that has signed in. */
export function browsersOf(running: Running) {
  const at = (tenant: { host: string }) => visitor({ port: running.app().port, host: tenant.host });
  const inSession = async (tenant: { host: string }, user: Person): Promise<Visitor> => {
    const browser = at(tenant);
    const { location } = await browser.signIn(user.username, user.password);
    if (location !== '/home') throw new Error(`not signed in: ${location}`);
    return browser;
  };
  return { at, inSession };
}
