import { createHmac, randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { withTenant } from '@/db';
import { phoneAccounts, phoneSettings } from '@/db/schema/phone';
import { isUser, users } from '@/db/schema/users';
import { unseal } from '@/lib/crypto';
import { LIFETIMES } from '@/lib/lifetimes';
import { accountContext } from '@/lib/phone/accounts';
import { secretContext } from '@/lib/phone/settings';
import { isTurn } from '@/lib/phone/settings-form';
import type { PhoneCredentials } from '@/lib/phone/wire';
import { failure } from '@/lib/result';
import type { CurrentUser } from '@/lib/sessions/find';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Tenant } from '@/lib/tenants/tenants';

/** Returns a user's SIP credentials, valid for ten minutes. Fails with `no-phone`. */
export async function credentialsFor(tenant: Tenant, user: Pick<CurrentUser, 'id'>) {
  if (!isEntitled(tenant, 'phone')) return failure('no-phone');
  const found = await findPhone(tenant, user.id);
  if (!found?.extension) return failure('no-phone');
  const { settings, extension, sealedHa1 } = found;
  const expiresAt = unixIn(LIFETIMES.sipCredentials);
  const account =
    settings.way === 'ephemeral'
      ? ephemeralAccount(tenant.id, settings.sealedSecret, extension, expiresAt)
      : sealedHa1 && { user: extension, secret: { ha1: unseal(sealedHa1, accountContext(tenant.id, user.id)) } };
  if (!account) return failure('no-phone');
  return {
    ok: true,
    credentials: { ...connectionSettings(tenant.id, settings, extension, expiresAt), ...account, name: found.name },
  } as const;
}

/**
 * Returns credentials for testing the settings: an unused extension with a shared secret, else the
 * administrator's own account. Fails with `not-entitled`, `no-settings` and `no-sip-account`.
 */
export async function testCredentials(tenant: Tenant, user: Pick<CurrentUser, 'id'>) {
  if (!isEntitled(tenant, 'phone')) return failure('not-entitled');
  const own = await credentialsFor(tenant, user);
  const found = await findPhone(tenant, user.id);
  if (!found) return failure('no-settings');
  if (found.settings.way === 'per-user') return own.ok ? own : failure('no-sip-account');
  const extension = `test-${randomBytes(4).toString('hex')}`;
  const expiresAt = unixIn(LIFETIMES.sipCredentials);
  const account = ephemeralAccount(tenant.id, found.settings.sealedSecret, extension, expiresAt);
  if (!account) return failure('no-settings');
  return {
    ok: true,
    credentials: {
      ...connectionSettings(tenant.id, found.settings, extension, expiresAt),
      ...account,
      name: extension,
    },
  } as const;
}

type Settings = typeof phoneSettings.$inferSelect;

function findPhone(tenant: Pick<Tenant, 'id'>, userId: string) {
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx
      .select({
        settings: phoneSettings,
        extension: users.extension,
        status: users.status,
        firstName: users.firstName,
        lastName: users.lastName,
        sealedHa1: phoneAccounts.sealedHa1,
      })
      .from(users)
      .innerJoin(phoneSettings, eq(phoneSettings.tenantId, users.tenantId))
      .leftJoin(
        phoneAccounts,
        and(
          eq(phoneAccounts.tenantId, users.tenantId),
          eq(phoneAccounts.userId, users.id),
          eq(phoneAccounts.extension, users.extension),
          eq(phoneAccounts.domain, phoneSettings.domain),
        ),
      )
      .where(and(isUser(tenant.id, userId), eq(users.status, 'active')));
    return row && { ...row, name: `${row.firstName} ${row.lastName}` };
  });
}

function connectionSettings(
  tenantId: string,
  settings: Settings,
  extension: string,
  expiresAt: number,
): Omit<PhoneCredentials, 'user' | 'secret' | 'name'> {
  const { domain, socket, country, otherDomains, wrapUpSeconds } = settings;
  const turn = ephemeralAccount(tenantId, settings.sealedSecret, extension, expiresAt);
  const iceServers = settings.iceServers.flatMap((url) => {
    if (!isTurn(url)) return { urls: [url] };
    // A browser rejects the whole list if one TURN server has no credentials.
    return turn ? { urls: [url], username: turn.user, credential: turn.secret.password } : [];
  });
  return { extension, domain, socket, expiresAt, iceServers, country, otherDomains, wrapUpSeconds };
}

/**
 * Returns time-limited credentials that the server checks with the secret
 * (draft-uberti-behave-turn-rest-00, 2.2).
 */
function ephemeralAccount(tenantId: string, sealedSecret: string | null, extension: string, expiresAt: number) {
  if (!sealedSecret) return undefined;
  const user = `${expiresAt}:${extension}`;
  const password = createHmac('sha1', unseal(sealedSecret, secretContext(tenantId)))
    .update(user)
    .digest('base64');
  return { user, secret: { password } };
}

function unixIn(milliseconds: number) {
  return Math.floor((Date.now() + milliseconds) / 1000);
}
