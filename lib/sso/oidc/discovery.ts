import { z } from 'zod';
import { singleton } from '@/lib/singleton';
import type { ProviderCheck, Reason } from '@/lib/sso/answer';
import { type IssuerSettings, issuerOf } from '@/lib/sso/connections/issuers';
import { FetchRefused, guardedFetch, isFetchable } from '@/lib/sso/guarded-fetch';
import { plainText } from '@/lib/text';
import { minutes } from '@/lib/time';

const address = z.string().max(2000).refine(isFetchable);

/**
 * What a provider says about itself (OpenID Connect Discovery 1.0, section 3), as far as we use it.
 * An optional member that we cannot use counts as absent.
 */
const schema = z.object({
  issuer: z.string().min(1).max(1024),
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  userinfo_endpoint: address.optional().catch(undefined),
  end_session_endpoint: address.optional().catch(undefined),
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
});

export type Discovery = z.output<typeof schema>;

/** Why a request to a provider failed, and what it sent. */
export type ProviderFailure = { ok: false; reason: Reason; received: Record<string, string> };

const FRESH = minutes(10);
const MOST = 500;

const cache = singleton('oidc-discovery', () => new Map<string, { at: number; discovery: Discovery }>());

/**
 * Returns what a connection's provider says about itself, at most ten minutes old, or asked for now
 * with `fresh`. Its issuer must be identical to the connection's. Adds what it saw to `checks`.
 */
export async function discover(
  connection: IssuerSettings,
  { signal, fresh = false, checks = [] }: { signal?: AbortSignal; fresh?: boolean; checks?: ProviderCheck[] } = {},
): Promise<{ ok: true; discovery: Discovery } | ProviderFailure> {
  const issuer = issuerOf(connection);
  const where = documentAddress(issuer, connection.settings.configurationQuery);
  const known = cache.get(where);
  if (known && !fresh && Date.now() - known.at < FRESH) {
    checks.push({ name: 'discovery', ok: true, detail: { issuer } });
    return { ok: true, discovery: known.discovery };
  }
  const found = await fetchDocument(where, issuer, signal);
  checks.push({ name: 'discovery', ok: found.ok, detail: found.ok ? { issuer } : found.received });
  if (found.ok) remember(cache, where, found.discovery);
  return found;
}

/**
 * Returns where an issuer's document is. Some issuers end in a slash. The query selects an
 * application's own keys (Entra).
 */
export function documentAddress(issuer: string, query?: string) {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration${query ? `?${query}` : ''}`;
}

async function fetchDocument(
  where: string,
  issuer: string,
  signal?: AbortSignal,
): Promise<{ ok: true; discovery: Discovery } | ProviderFailure> {
  try {
    const answer = await guardedFetch(where, { signal, headers: { accept: 'application/json' } });
    if (answer.status !== 200) return discoveryFailure('discovery', { address: where, status: String(answer.status) });
    const parsed = schema.safeParse(await answer.json().catch(() => undefined));
    if (!parsed.success) {
      const at = parsed.error.issues[0]?.path.join('.') || 'JSON';
      return discoveryFailure('discovery', { address: where, status: '200', field: plainText(at, 100) });
    }
    if (parsed.data.issuer !== issuer) {
      return discoveryFailure('discovery-issuer', {
        address: where,
        expected: issuer,
        issuer: plainText(parsed.data.issuer, 300),
      });
    }
    return { ok: true, discovery: parsed.data };
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    return discoveryFailure(error.reason, { address: error.address });
  }
}

function discoveryFailure(reason: Reason, received: Record<string, string>): ProviderFailure {
  return { ok: false, reason, received };
}

function remember(map: Map<string, { at: number; discovery: Discovery }>, issuer: string, discovery: Discovery) {
  map.delete(issuer);
  map.set(issuer, { at: Date.now(), discovery });
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
