import { DrizzleAdapter } from '@auth/drizzle-adapter';
import { pgTable, uuid } from 'drizzle-orm/pg-core';
import NextAuth, { type NextAuthConfig } from 'next-auth';
import type { Adapter } from 'next-auth/adapters';
import { withTenant } from '@/db';
import { hashedToken, moment } from '@/db/schema/columns';
import { record } from '@/lib/audit/record';
import { authSecrets } from '@/lib/crypto';
import { env } from '@/lib/env';
import { cookieName, cookieOptions } from '@/lib/request/cookie-names';
import { anyone, currentCause } from '@/lib/request/current';

/**
 * Auth.js, per tenant: its session row and cookie are ours, opened by sign-in/complete. Passwords
 * never come here (its Credentials provider knows no database sessions). Identity providers begin
 * and end in lib/sso/oidc/through-auth.
 */
export const { handlers } = NextAuth(async (): Promise<NextAuthConfig> => {
  const { tenant } = await anyone();
  const options = cookieOptions();
  return {
    providers: [],
    secret: authSecrets(),
    trustHost: true,
    useSecureCookies: env().secure,
    pages: { signIn: '/sign-in', signOut: '/home', error: '/sign-in' },
    session: { strategy: 'database' },
    adapter: adapterOf(tenant.id),
    cookies: {
      sessionToken: { name: cookieName('session'), options },
      csrfToken: { name: cookieName('authCsrf'), options },
      callbackUrl: { name: cookieName('authCallback'), options },
    },
    callbacks: {
      session: ({ session, user }) => ({ expires: session.expires, user: { id: user.id, name: user.name } }),
    },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
  };
});

// The adapter's idea of our sessions: it gives a token and the column hashes it, as every other way
// to the table does.
const sessionsOfAdapter = pgTable('sessions', {
  sessionToken: hashedToken('token_hash').primaryKey(),
  userId: uuid('user_id').notNull(),
  expires: moment('absolute_until').notNull(),
});

/**
 * Reads by the one statement that every guard reads by; ends the row before Auth.js ends the
 * cookie.
 */
function adapterOf(tenantId: string): Adapter {
  return {
    async getSessionAndUser(sessionToken) {
      const { viewer } = await anyone();
      if (!viewer) return null;
      const { user, session } = viewer;
      return {
        session: { sessionToken, userId: user.id, expires: new Date(Date.now() + session.msLeft) },
        user: { id: user.id, name: `${user.firstName} ${user.lastName}`, email: '', emailVerified: null },
      };
    },
    updateSession: async () => null,
    createSession: unused,
    createUser: unused,
    updateUser: unused,
    linkAccount: unused,
    getUser: async () => null,
    getUserByEmail: async () => null,
    getUserByAccount: async () => null,
    async deleteSession(sessionToken) {
      const { viewer } = await anyone();
      const cause = await currentCause(viewer?.user.id ?? null);
      await withTenant(tenantId, async (tx) => {
        await DrizzleAdapter(tx, { sessionsTable: sessionsOfAdapter } as never).deleteSession?.(sessionToken);
        if (viewer) record(tx, tenantId, cause, 'authn_logout', { subjectId: viewer.user.id });
      });
    },
  };
}

/** Auth.js asks that these exist; nothing calls them, and nothing may. */
async function unused(): Promise<never> {
  throw new Error('users and sessions are not made by Auth.js');
}
