import type { Identity, ProviderCheck } from '@/lib/sso/answer';
import { pastMoment } from '@/lib/sso/clock-skew';
import { isEntra } from '@/lib/sso/connections/issuers';
import type { Discovery } from '@/lib/sso/oidc/discovery';
import { shownText, type TokenClaims } from '@/lib/sso/oidc/token';
import { fetchUserinfo } from '@/lib/sso/oidc/userinfo';
import { isPlainText, plainText } from '@/lib/text';

type IdentityContext = { discovery: Discovery; entraTenant: string | null; createUsers: boolean; signal: AbortSignal };

/**
 * Returns whom the claims of an opened ID token name. What it lacks of address, verification and
 * names is asked from userinfo. Adds a check where the address or its verification depended on
 * that.
 */
export async function readIdentity(
  claims: TokenClaims,
  { idToken, accessToken }: { idToken: string; accessToken: string | null },
  { discovery, entraTenant, createUsers, signal }: IdentityContext,
  checks: ProviderCheck[],
): Promise<{ identity: Identity; claims: TokenClaims }> {
  const isMicrosoft = isEntra(discovery.issuer, entraTenant);
  const lacksAddress = !isGiven(claims.email) || verificationOf([claims], claims, isMicrosoft) === null;
  const lacksNames = createUsers && !isGiven(claims.given_name) && !isGiven(claims.family_name);
  let more: TokenClaims = {};
  if (discovery.userinfo_endpoint && accessToken && (lacksAddress || lacksNames)) {
    const answer = await fetchUserinfo(discovery.userinfo_endpoint, accessToken, claims.sub, signal);
    if (answer.ok) more = answer.claims;
    if (lacksAddress) checks.push({ name: 'userinfo', ok: answer.ok, detail: answer.received });
  }
  const all = { ...more, ...Object.fromEntries(Object.entries(claims).filter(([, value]) => isGiven(value))) };
  const identity = {
    issuer: String(claims.iss),
    subject: String(claims.sub),
    email: word(all.email, 320),
    emailVerified: verificationOf(isSameAddress(claims, more) ? [claims, more] : [claims], claims, isMicrosoft),
    hostedDomain: word(claims.hd, 255),
    firstName: nameIn(all.given_name),
    lastName: nameIn(all.family_name),
    secondFactor: hasSecondFactor(claims),
    authenticatedAt: typeof claims.auth_time === 'number' ? pastMoment(claims.auth_time * 1000) : null,
    index: word(claims.sid, 255),
    hint: idToken,
  };
  return { identity, claims: all };
}

/**
 * Returns what the claims say about the address: any no outweighs a yes, and null means that they
 * say nothing. A yes counts for the address beside it; `xms_edov` says yes only in an ID token of
 * Entra, but its no counts everywhere.
 */
function verificationOf(sources: TokenClaims[], token: TokenClaims, isMicrosoft: boolean): boolean | null {
  const words = sources.map(({ email_verified }) => email_verified).filter(isGiven);
  const owners = sources.map(({ xms_edov }) => xms_edov).filter(isGiven);
  if (!words.every(isYes) || !owners.every(isOwned)) return false;
  const isOwner = isMicrosoft && isOwned(token.xms_edov) && isGiven(token.email);
  const isVerified = sources.some(({ email, email_verified }) => isGiven(email) && isYes(email_verified));
  return isVerified || isOwner ? true : null;
}

/** What userinfo says about another address than the ID token's does not verify that one. */
function isSameAddress({ email }: TokenClaims, { email: other }: TokenClaims) {
  return !isGiven(email) || shownText(email).toLowerCase() === shownText(other).toLowerCase();
}

/** Some providers write null or an empty text where they have nothing to say. */
function isGiven(value: unknown) {
  return value !== undefined && value !== null && value !== '';
}

/** Some providers write their booleans as text. */
function isYes(value: unknown) {
  return value === true || value === 'true';
}

function isOwned(value: unknown) {
  return isYes(value) || value === 1 || value === '1';
}

const KNOWN = ['pwd', 'pin', 'kba'];
const HELD = ['otp', 'sms', 'tel', 'hwk', 'swk', 'sc', 'pop', 'fpt', 'face', 'iris', 'retina', 'vbm'];

/** Returns whether the provider says that two things were shown (RFC 8176). */
function hasSecondFactor({ amr }: TokenClaims) {
  if (!Array.isArray(amr)) return false;
  return amr.includes('mfa') || (amr.some((one) => KNOWN.includes(one)) && amr.some((one) => HELD.includes(one)));
}

function nameIn(value: unknown) {
  return typeof value === 'string' ? plainText(value, 100).trim() || null : null;
}

function word(value: unknown, most: number) {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed && trimmed.length <= most && isPlainText(trimmed) ? trimmed : null;
}
