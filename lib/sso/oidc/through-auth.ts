import { Auth, type AuthConfig, customFetch, raw, skipCSRFCheck } from '@auth/core';
import { AuthError, InvalidCheck } from '@auth/core/errors';
import { authSecrets, writingKeyId } from '@/lib/crypto';
import type { Reason } from '@/lib/sso/answer';
import type { Connection } from '@/lib/sso/connections/connections';
import { AUTH_BASE, callbackAddress, providerId } from '@/lib/sso/connections/oidc-addresses';
import { FetchRefused, guardedFetch } from '@/lib/sso/guarded-fetch';
import { type Discovery, documentAddress, type ProviderFailure } from '@/lib/sso/oidc/discovery';
import type { TokenClaims } from '@/lib/sso/oidc/token';
import { type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

export type OidcConnection = Extract<Connection, { protocol: 'oidc' }>;

/** State, PKCE verifier and nonce as Auth.js seals them for cookies. We store them in the flow. */
type FlowSecrets = Record<(typeof FLOW_SECRETS)[number], string>;
/** With the ID of the key that sealed them, which another instance may not have yet. */
type KeyedFlowSecrets = FlowSecrets & { keyId: string };

/** A connection with its tenant, secret and discovery document. */
type OidcParty = { tenant: Tenant; connection: OidcConnection; secret: string | null; discovery: Discovery };

const FLOW_SECRETS = ['state', 'pkceCodeVerifier', 'nonce'] as const;

/**
 * Returns the authorization address at the provider, and what must be stored for the callback.
 * `fresh` has the user sign in there again.
 */
export async function startAuthorization(
  party: OidcParty,
  signal: AbortSignal,
  { fresh = false }: { fresh?: boolean } = {},
): Promise<{ address: string; state: string; kept: KeyedFlowSecrets }> {
  const { tenant, connection } = party;
  const request = new Request(`${tenantOrigin(tenant)}${AUTH_BASE}/signin/${providerId(connection.id)}`, {
    method: 'POST',
  });
  const more: Record<string, string> = fresh ? { prompt: 'login', max_age: '0' } : {};
  const answer = await Auth(request, { ...configOf(party, signal, undefined, undefined, more), raw, skipCSRFCheck });
  const kept = Object.fromEntries((answer.cookies ?? []).map(({ name, value }) => [name, value]));
  const address = answer.redirect ?? '';
  const state = new URL(address).searchParams.get('state');
  if (!state || !isFlowSecrets(kept)) throw new Error('Auth.js has begun without state, PKCE or nonce');
  return { address, state, kept: { ...kept, keyId: writingKeyId() } };
}

/** Returns the checked claims in the token response; not the nonce. Throws ExchangeStopped. */
type VerifyTokens = (response: Response) => Promise<TokenClaims>;

/**
 * Exchanges the code with Auth.js, which checks state, PKCE and nonce. `verifyTokens` verifies the
 * token response first; Auth.js sees only the claims that it returns.
 */
export async function exchangeCode(
  party: OidcParty,
  query: URLSearchParams,
  kept: unknown,
  verifyTokens: VerifyTokens,
  signal: AbortSignal,
): Promise<{ ok: true } | ProviderFailure> {
  if (!isFlowSecrets(kept)) return tokenFailure('flow-missing');
  const cookie = FLOW_SECRETS.map((name) => `${name}=${kept[name]}`).join('; ');
  const { tenant, connection } = party;
  const request = new Request(`${callbackAddress(tenant, connection.id)}?${query}`, { headers: { cookie } });
  let reached = false;
  const end = () => {
    reached = true;
    return '/';
  };
  try {
    await Auth(request, { ...configOf(party, signal, verifyTokens, end), raw });
    return reached ? { ok: true } : tokenFailure('provider-error');
  } catch (error) {
    return toFailure(error);
  }
}

/** Stops an exchange from inside Auth.js, with the reason. */
export class ExchangeStopped extends Error {
  override name = 'Stop';
  constructor(readonly why: ProviderFailure) {
    super(why.reason);
  }
}

function configOf(
  { tenant, connection, secret, discovery }: OidcParty,
  signal: AbortSignal,
  verifyTokens?: VerifyTokens,
  end: () => string = () => '/',
  more: Record<string, string> = {},
): AuthConfig {
  const { clientId, scopes, tokenAuth } = connection.settings;
  // Auth.js fetches this document before every step; it is checked already.
  const document = { ...discovery, userinfo_endpoint: discovery.userinfo_endpoint ?? discovery.issuer };
  const where = documentAddress(discovery.issuer);
  const fetch: typeof globalThis.fetch = (input, init) =>
    String(input) === where ? Promise.resolve(Response.json(document)) : guardedFetch(input, { ...init, signal });
  return {
    basePath: AUTH_BASE,
    trustHost: true,
    secret: authSecrets(),
    useSecureCookies: tenantOrigin(tenant).startsWith('https:'),
    cookies: Object.fromEntries(FLOW_SECRETS.map((name) => [name, { name, options: {} }])),
    providers: [
      {
        id: providerId(connection.id),
        name: providerId(connection.id),
        type: 'oidc',
        issuer: discovery.issuer,
        clientId,
        clientSecret: secret ?? '',
        checks: ['pkce', 'state', 'nonce'],
        authorization: {
          params: { scope: ['openid', ...scopes.filter((scope) => scope !== 'openid')].join(' '), ...more },
        },
        client: { token_endpoint_auth_method: secret === null ? 'none' : tokenAuth },
        token: {
          conform: async (response: Response) =>
            verifyTokens && checkedAnswer(await verifyTokens(response), discovery.issuer, clientId),
        },
        profile: (claims) => ({ id: String(claims.sub) }),
        [customFetch]: fetch,
      },
    ],
    // A string ends the flow of Auth.js here; users, links and sessions are ours.
    callbacks: { signIn: end },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
  };
}

/**
 * Returns the answer as Auth.js is to read it. It refuses null members and allows clocks 30 s, so
 * it gets the checked claims that it compares, with times of its own. It does not look at the
 * signature.
 */
function checkedAnswer({ sub, nonce }: TokenClaims, iss: string, aud: string) {
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: 'RS256' }, { iss, aud, sub, nonce, iat: now, exp: now + 60 }];
  const [header, payload] = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return Response.json({ access_token: 'unused', token_type: 'bearer', id_token: `${header}.${payload}.checked` });
}

function isFlowSecrets(kept: unknown): kept is FlowSecrets {
  return (
    typeof kept === 'object' &&
    kept !== null &&
    FLOW_SECRETS.every((name) => typeof (kept as Partial<FlowSecrets>)[name] === 'string')
  );
}

/** Returns the failure behind an error of Auth.js. Throws any other error. */
function toFailure(error: unknown): ProviderFailure {
  for (const cause of causesOf(error)) {
    if (cause instanceof ExchangeStopped) return cause.why;
    if (cause instanceof FetchRefused) return tokenFailure(cause.reason, { address: cause.address });
    if (isClaimOf(cause, 'nonce')) return tokenFailure('nonce');
    if (cause instanceof InvalidCheck) return tokenFailure('flow-missing');
  }
  if (!(error instanceof AuthError)) throw error;
  return tokenFailure('provider-error', { error: codeIn(error) });
}

/** Auth.js puts what it caught into `cause.err`, oauth4webapi into `cause`. */
function* causesOf(error: unknown): Generator<Error> {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    yield at;
    const { cause }: { cause?: unknown } = at;
    at = cause instanceof Error ? cause : (cause as { err?: unknown } | undefined)?.err;
  }
}

function isClaimOf(error: Error, claim: string) {
  return (error.cause as { claim?: unknown } | undefined)?.claim === claim;
}

/** The name of an error, never its message: that may quote what was sent. */
function codeIn(error: unknown) {
  const last = [...causesOf(error)].at(-1);
  return last && 'code' in last && typeof last.code === 'string' ? last.code : (last?.name ?? 'unknown');
}

function tokenFailure(reason: Reason, received: Record<string, string> = {}): ProviderFailure {
  return { ok: false, reason, received };
}
