import { type CompactJWSHeaderParameters, compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { ProviderCheck, Reason } from '@/lib/sso/answer';
import { CLOCK_SKEW } from '@/lib/sso/clock-skew';
import type { ProviderFailure } from '@/lib/sso/oidc/discovery';
import { loadKeys } from '@/lib/sso/oidc/keys';
import { plainText } from '@/lib/text';

/** Asymmetric algorithms only: with `none` or a shared secret, others could sign too. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** How far a provider's clock may differ from ours, in seconds. */
export const CLOCK_SKEW_SECONDS = CLOCK_SKEW / 1000;

export type TokenClaims = Record<string, unknown>;

/** Verifies a token's signature and returns its claims. An unknown key renews the keys (30 s). */
export async function openToken(
  token: string,
  jwksUri: string,
  signal: AbortSignal | undefined,
  checks: ProviderCheck[] = [],
): Promise<{ ok: true; claims: TokenClaims; type: string | undefined } | ProviderFailure> {
  const known = await loadKeys(jwksUri, { signal });
  if (!known.ok) return failAt(checks, 'keys', known);
  let opened = await verify(token, known.set);
  let keys = known.set;
  if (!opened.ok && opened.reason === 'unknown-key') {
    const renewed = await loadKeys(jwksUri, { signal, renew: true });
    if (!renewed.ok) return failAt(checks, 'keys', renewed);
    keys = renewed.set;
    if (renewed.renewed) opened = await verify(token, keys);
  }
  checks.push({ name: 'keys', ok: true, detail: { address: jwksUri, keys: namesOf(keys) } });
  checks.push({ name: 'signature', ok: opened.ok, detail: opened.received });
  return opened.ok ? { ok: true, claims: opened.claims, type: opened.type } : opened;
}

type VerifiedToken =
  | { ok: true; claims: TokenClaims; type: string | undefined; received: Record<string, string> }
  | ProviderFailure;

async function verify(token: string, set: JSONWebKeySet): Promise<VerifiedToken> {
  const header = headerOf(token);
  const received = { alg: shownText(header.alg), kid: shownText(header.kid) };
  if (token.split('.').length === 5) return { ok: false, reason: 'encryption', received };
  try {
    const payload = await verifyWithAny(token, set);
    const claims: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw new Error('no claims');
    return {
      ok: true,
      claims: claims as TokenClaims,
      type: typeof header.typ === 'string' ? header.typ : undefined,
      received,
    };
  } catch (error) {
    return { ok: false, reason: reasonFor(error), received };
  }
}

/** A token without a key ID may have been signed by any key of its type. */
async function verifyWithAny(token: string, set: JSONWebKeySet) {
  const options = { algorithms: ALGORITHMS };
  try {
    return (await compactVerify(token, createLocalJWKSet(set), options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const opened = await compactVerify(token, key, options).catch(() => undefined);
      if (opened) return opened.payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function reasonFor(error: unknown): Reason {
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  return 'signature';
}

function headerOf(token: string): Partial<CompactJWSHeaderParameters> {
  try {
    return JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8')) ?? {};
  } catch {
    return {};
  }
}

function namesOf(set: JSONWebKeySet) {
  const names = set.keys.map(({ kid, alg, kty }) => `${shownText(kid)} (${shownText(alg ?? kty)})`);
  return plainText(names.join(', '), 400);
}

function failAt(checks: ProviderCheck[], name: ProviderCheck['name'], failed: ProviderFailure) {
  checks.push({ name, ok: false, detail: failed.received });
  return failed;
}

/** Returns a claim as short text for display; `–` if it is empty. */
export function shownText(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  return plainText(typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'), 300);
}
