import type { Identity } from '@/lib/sso/answer';
import { FetchRefused, guardedFetch } from '@/lib/sso/guarded-fetch';
import type { Discovery } from '@/lib/sso/oidc/discovery';
import type { Claims } from '@/lib/sso/oidc/token';
import { isPlainText, plainText } from '@/lib/text';

/** Promises whom the claims of an opened id_token name. Where they hold no e-mail address, what the provider tells of this subject besides. */
export async function identityOf(
  claims: Claims,
  tokens: { idToken: string; accessToken: string | null },
  { discovery, entraTenant, signal }: { discovery: Discovery; entraTenant: string | null; signal: AbortSignal },
): Promise<{ identity: Identity; claims: Claims }> {
  const all = claims.email === undefined ? { ...(await told(claims, tokens, discovery, signal)), ...claims } : claims;
  const identity = {
    issuer: String(claims.iss),
    subject: String(claims.sub),
    email: word(all.email, 320),
    emailVerified: isYes(all.email_verified) || (entraTenant !== null && isYes(all.xms_edov)),
    firstName: nameIn(all.given_name),
    lastName: nameIn(all.family_name),
    secondFactor: hasSecondFactor(claims),
    authenticatedAt: typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : null,
    index: word(claims.sid, 255),
    hint: tokens.idToken,
  };
  return { identity, claims: all };
}

/** A provider that puts little into the id_token says the rest here; what it says of another subject does not count. */
async function told(
  { sub }: Claims,
  { accessToken }: { accessToken: string | null },
  { userinfo_endpoint }: Discovery,
  signal: AbortSignal,
): Promise<Claims> {
  if (!userinfo_endpoint || !accessToken) return {};
  try {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const answer = await guardedFetch(userinfo_endpoint, { headers, signal });
    const body: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : undefined;
    return isClaims(body) && body.sub === sub ? body : {};
  } catch (error) {
    // Without it the address is missing, and that is said.
    if (error instanceof FetchRefused) return {};
    throw error;
  }
}

const KNOWN = ['pwd', 'pin', 'kba'];
const HELD = ['otp', 'sms', 'tel', 'hwk', 'swk', 'sc', 'pop', 'fpt', 'face', 'iris', 'retina', 'vbm'];

/** Whether the provider says that two things were shown (RFC 8176). */
function hasSecondFactor({ amr }: Claims) {
  if (!Array.isArray(amr)) return false;
  return amr.includes('mfa') || (amr.some((one) => KNOWN.includes(one)) && amr.some((one) => HELD.includes(one)));
}

/** Some providers write their booleans as text. */
function isYes(value: unknown) {
  return value === true || value === 'true';
}

function nameIn(value: unknown) {
  return typeof value === 'string' ? plainText(value, 100).trim() || null : null;
}

function word(value: unknown, most: number) {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed && trimmed.length <= most && isPlainText(trimmed) ? trimmed : null;
}

function isClaims(body: unknown): body is Claims {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
