import type { ProviderCheck, Reason } from '@/lib/sso/answer';
import type { Discovery, ProviderFailure } from '@/lib/sso/oidc/discovery';
import { CLOCK_SKEW_SECONDS, openToken, shownText, type TokenClaims } from '@/lib/sso/oidc/token';
import { isPlainText } from '@/lib/text';

type ExpectedIdToken = { discovery: Discovery; clientId: string; entraTenant: string | null; signal: AbortSignal };

/**
 * Verifies an id_token (OpenID Connect Core 3.1.3.7) and returns its claims. Auth.js, which does
 * not verify the signature, compares the nonce's value. Adds its results to `checks`.
 */
export async function openIdToken(
  token: string,
  { discovery, clientId, entraTenant, signal }: ExpectedIdToken,
  checks: ProviderCheck[],
): Promise<{ ok: true; claims: TokenClaims; received: Record<string, string> } | ProviderFailure> {
  const opened = await openToken(token, discovery.jwks_uri, signal, checks);
  if (!opened.ok) return opened;
  const claims = withoutNull(opened.claims);
  const received = shownClaims(claims);
  const found: (ProviderCheck & { reason: Reason })[] = [
    {
      name: 'issuer',
      ...unless(claims.iss === discovery.issuer, 'issuer'),
      detail: { expected: discovery.issuer, received: shownText(claims.iss) },
    },
    ...(entraTenant
      ? [
          {
            name: 'issuer' as const,
            ...unless(claims.tid === entraTenant, 'entra-tenant'),
            detail: { expected: entraTenant, received: shownText(claims.tid) },
          },
        ]
      : []),
    {
      name: 'audience',
      ...unless(isFor(claims, clientId), 'audience'),
      detail: { expected: clientId, received: shownText(claims.aud), azp: shownText(claims.azp) },
    },
    checkTimes(claims),
    { name: 'nonce', ...unless(typeof claims.nonce === 'string' && claims.nonce !== '', 'nonce') },
    {
      name: 'attributes',
      ...unless(isSubject(claims.sub), 'subject-missing'),
      detail: { sub: shownText(claims.sub) },
    },
  ];
  for (const { reason: _, ...check } of found) if (!check.ok || check.name !== 'attributes') checks.push(check);
  const wrong = found.find(({ ok }) => !ok);
  return wrong ? { ok: false, reason: wrong.reason, received } : { ok: true, claims, received };
}

function isSubject(sub: unknown) {
  return typeof sub === 'string' && sub !== '' && sub.length <= 255 && isPlainText(sub);
}

/** Returns the claims that may be shown and stored, shortened. */
export function shownClaims(claims: TokenClaims) {
  const names = ['iss', 'sub', 'aud', 'azp', 'tid', 'hd', 'iat', 'nbf', 'exp', 'email', 'email_verified', 'xms_edov'];
  const more = ['given_name', 'family_name', 'name', 'acr', 'amr'];
  return Object.fromEntries(
    [...names, ...more].filter((name) => name in claims).map((name) => [name, shownText(claims[name])]),
  );
}

/** Some providers write null for a claim that they do not have. */
function withoutNull(claims: TokenClaims): TokenClaims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function unless(ok: boolean, reason: Reason) {
  return { ok, reason };
}

function isFor({ aud, azp }: TokenClaims, clientId: string) {
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(clientId)) return false;
  return azp === undefined ? audiences.length === 1 : azp === clientId;
}

function checkTimes({ exp, iat, nbf }: TokenClaims): ProviderCheck & { reason: Reason } {
  const now = Math.floor(Date.now() / 1000);
  const detail = { now: shownTime(now), iat: shownTime(iat), exp: shownTime(exp) };
  const say = (reason: Reason, ok = false) => ({ name: 'times' as const, ok, reason, detail });
  if (typeof exp !== 'number' || typeof iat !== 'number' || exp <= now - CLOCK_SKEW_SECONDS) return say('expired');
  if (
    iat > now + CLOCK_SKEW_SECONDS ||
    (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + CLOCK_SKEW_SECONDS))
  )
    return say('not-yet');
  return say('expired', true);
}

function shownTime(value: unknown) {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > 8e9) return shownText(value);
  return new Date(value * 1000).toISOString();
}
