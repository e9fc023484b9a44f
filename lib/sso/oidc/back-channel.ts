import { decodeJwt } from 'jose';
import { withTenant } from '@/db';
import { ssoSeen } from '@/db/schema/sso';
import type { Cause } from '@/lib/audit/record';
import { hashToken } from '@/lib/crypto';
import { endProviderSessions } from '@/lib/sessions/end';
import type { Reason } from '@/lib/sso/answer';
import { findConnection, isAvailableFor } from '@/lib/sso/connections/connections';
import { providerDeadline } from '@/lib/sso/guarded-fetch';
import { discover, type ProviderFailure } from '@/lib/sso/oidc/discovery';
import { shownClaims } from '@/lib/sso/oidc/id-token';
import type { OidcConnection } from '@/lib/sso/oidc/through-auth';
import { CLOCK_SKEW_SECONDS, openToken, type TokenClaims } from '@/lib/sso/oidc/token';
import { recordRefusal } from '@/lib/sso/sign-in/failures';
import { verifyPosted } from '@/lib/sso/sign-in/posted';
import type { Tenant } from '@/lib/tenants/tenants';
import { isPlainText } from '@/lib/text';
import { days, minutes } from '@/lib/time';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** The lifetime of a token without `exp`, and the longest accepted one; in seconds. */
const DEFAULT_SECONDS = minutes(5) / 1000;
const LONGEST_SECONDS = days(1) / 1000;

/** In characters; a logout token names one user or session. */
const LONGEST_TOKEN = 16 * 1024;

type LogoutClaims = { subject: string | null; index: string | null; id: string; until: number };

/**
 * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0), once, and ends the sessions it
 * names of this connection. Returns how many ended, or a failure's code.
 */
export async function endByLogoutToken(
  tenant: Tenant,
  connectionId: string,
  token: string | null,
  cause: Cause,
): Promise<{ ok: true; ended: number } | { ok: false; code: string }> {
  const connection = await findConnection(tenant, connectionId);
  if (connection?.protocol !== 'oidc') return { ok: false, code: '' };
  const logout = await openLogoutToken(tenant, connection, token, cause);
  if (!logout.ok)
    return { ok: false, code: await recordRefusal(tenant, connection, { ...logout, unsolicited: true }, cause) };
  const ended = await withTenant(tenant.id, async (tx) => {
    const first = await tx
      .insert(ssoSeen)
      .values({
        tenantId: tenant.id,
        connectionId: connection.id,
        messageId: logout.id,
        expiresAt: new Date((logout.until + CLOCK_SKEW_SECONDS) * 1000),
      })
      .onConflictDoNothing()
      .returning({ id: ssoSeen.messageId });
    if (first.length === 0) return undefined;
    return endProviderSessions(tx, tenant.id, connection.id, logout, cause);
  });
  if (ended) return { ok: true, ended: ended.length };
  return { ok: false, code: await recordRefusal(tenant, connection, { reason: 'replay', received: {} }, cause) };
}

async function openLogoutToken(
  tenant: Tenant,
  connection: OidcConnection,
  token: string | null,
  cause: Cause,
): Promise<({ ok: true } & LogoutClaims) | ProviderFailure> {
  if (!isAvailableFor(tenant, connection, 'logout')) return { ok: false, reason: 'disabled', received: {} };
  const claimed = token && token.length <= LONGEST_TOKEN ? readUnverified(token) : undefined;
  if (!token || !claimed) return { ok: false, reason: 'logout-token', received: {} };
  // Claims are checked before a key is fetched or a signature verified.
  const early = findClaimError(claimed, undefined, null, connection.settings.clientId);
  if (early) return { ok: false, reason: early, received: shownClaims(claimed) };
  const verified = await verifyPosted(tenant, connection.id, 'logout', cause, () => verifyToken(connection, token));
  return verified ?? { ok: false, reason: 'logout-token', received: {} };
}

async function verifyToken(
  connection: OidcConnection,
  token: string,
): Promise<({ ok: true } & LogoutClaims) | ProviderFailure> {
  const signal = providerDeadline();
  const found = await discover(connection, { signal });
  if (!found.ok) return found;
  const opened = await openToken(token, found.discovery.jwks_uri, signal);
  if (!opened.ok) return opened;
  const { claims, type } = opened;
  const wrong = findClaimError(claims, type, found.discovery.issuer, connection.settings.clientId);
  if (wrong) return { ok: false, reason: wrong, received: shownClaims(claims) };
  return { ok: true, ...readLogout(claims) };
}

/** Returns the claims of a token whose signature has not been looked at. */
function readUnverified(token: string): TokenClaims | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** Checks the claims (section 2.6). A nonce, or no event, means that it is an id_token. */
function findClaimError(
  claims: TokenClaims,
  type: string | undefined,
  issuer: string | null,
  clientId: string,
): Reason | undefined {
  const { iss, aud, iat, exp, sub, sid, events, nonce, jti } = claims;
  if (issuer !== null && iss !== issuer) return 'issuer';
  if (!(Array.isArray(aud) ? aud : [aud]).includes(clientId)) return 'audience';
  const now = Date.now() / 1000;
  if (typeof iat !== 'number' || (exp !== undefined && typeof exp !== 'number')) return 'expired';
  if (iat > now + CLOCK_SKEW_SECONDS) return 'not-yet';
  if (readLogout(claims).until <= now - CLOCK_SKEW_SECONDS) return 'expired';
  const isEvent = typeof events === 'object' && events !== null && EVENT in events;
  const isNamed = isPlainString(sub) || isPlainString(sid);
  const isType = type === undefined || /^(application\/)?(logout\+jwt|jwt)$/i.test(type);
  if (!isEvent || !isNamed || !isType || nonce !== undefined || !isPlainString(jti)) return 'logout-token';
}

function readLogout({ sub, sid, iat, exp, jti }: TokenClaims): LogoutClaims {
  const from = Number(iat);
  return {
    subject: isPlainString(sub) ? sub : null,
    index: isPlainString(sid) ? sid : null,
    id: hashToken(String(jti)).toString('base64url'),
    until: Math.min(typeof exp === 'number' ? exp : from + DEFAULT_SECONDS, from + LONGEST_SECONDS),
  };
}

function isPlainString(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isPlainText(value);
}
