import { sql } from 'drizzle-orm';
import type { BrowserContext } from 'playwright/test';
import { withTenant } from '@/db';
import { sessions } from '@/db/schema/sessions';
import { hashToken, randomToken } from '@/lib/crypto';
import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';
import type { NewUser } from '@/lib/users/users';
import { enrolled, newTenant, newUser, type Person } from '@/tests/support/users';

export type Office = Awaited<ReturnType<typeof openOffice>>;

/**
 * A company nobody else is in: Dana administers it, Milo and Ruth work there; Ruth has no e-mail
 * address.
 */
export async function openOffice(options: Parameters<typeof newTenant>[0] = {}) {
  const tenant = await newTenant({ name: 'Wicked Sprockets', ...options });
  const hire = (person: Partial<NewUser>) => newUser(tenant, person);
  const [dana, milo, ruth] = await Promise.all([
    hire({ username: 'dana', extension: '201', firstName: 'Dana', lastName: 'Reyes', role: 'administrator' }),
    hire({ username: 'milo', extension: '202', firstName: 'Milo', lastName: 'Tanaka' }),
    hire({ username: 'ruth', extension: '207', firstName: 'Ruth', lastName: 'Abrams', email: null }),
  ]);
  return {
    tenant,
    dana,
    milo,
    ruth,
    hire,
    at: (path = '/') => new URL(path, tenantOrigin(tenant)).href,
    /** Gives a person a second factor, as an enrolment long ago would have. */
    enrol: (person: Person) => enrolled(tenant, person),
    /** Puts a session of a person into the browser, as a sign-in would have. */
    enter: (context: BrowserContext, person: Person) => enter(tenant, context, person),
  };
}

async function enter(tenant: Tenant, context: BrowserContext, person: Person) {
  const token = randomToken();
  const [session] = await withTenant(tenant.id, (tx) =>
    tx
      .insert(sessions)
      .values({
        tenantId: tenant.id,
        userId: person.id,
        tokenHash: hashToken(token),
        factor: 'totp',
        address: '127.0.0.1',
        userAgent: 'journey',
        absoluteUntil: sql`now() + interval '24 hours'`,
      })
      .returning({ id: sessions.id }),
  );
  await context.addCookies([{ name: 'sid', value: token, url: tenantOrigin(tenant), httpOnly: true }]);
  return session?.id ?? '';
}
