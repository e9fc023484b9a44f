import type { ProviderAnswer, ProviderCheck, Reason } from '@/lib/sso/answer';
import { readSecret } from '@/lib/sso/connections/connections';
import { providerDeadline } from '@/lib/sso/guarded-fetch';
import { type Discovery, discover, type ProviderFailure } from '@/lib/sso/oidc/discovery';
import { openIdToken, shownClaims } from '@/lib/sso/oidc/id-token';
import { readIdentity } from '@/lib/sso/oidc/identity';
import { ExchangeStopped, exchangeCode, type OidcConnection } from '@/lib/sso/oidc/through-auth';
import { shownText, type TokenClaims } from '@/lib/sso/oidc/token';
import type { Tenant } from '@/lib/tenants/tenants';

type Tokens = { idToken: string; accessToken: string | null };
type OpenedTokens = Tokens & { claims: TokenClaims; received: Record<string, string> };

/**
 * Exchanges the code of a callback and returns the identity that the provider names, or a refusal,
 * with every check. All requests share one deadline and run outside any transaction.
 */
export async function verifyCallback(
  tenant: Tenant,
  connection: OidcConnection,
  { kept, fresh }: { kept: unknown; fresh: boolean },
  query: URLSearchParams,
): Promise<ProviderAnswer> {
  const signal = providerDeadline();
  const checks: ProviderCheck[] = [];
  const stop = ({ reason, received }: ProviderFailure): ProviderAnswer => ({ ok: false, reason, received, checks });
  const { clientId, entraTenant } = connection.settings;

  const found = await discover(connection, { signal, fresh, checks });
  if (!found.ok) return stop(found);
  const { discovery } = found;
  const sent = readQuery(query, discovery);
  checks.push({ name: 'response', ok: sent.ok, detail: sent.received });
  if (!sent.ok) return stop(sent);

  let opened: OpenedTokens | undefined;
  const verifyTokens = async (response: Response) => {
    const tokens = await readTokens(response);
    if (!tokens.ok) throw new ExchangeStopped(tokens);
    const token = await openIdToken(tokens.idToken, { discovery, clientId, entraTenant, signal }, checks);
    if (!token.ok) throw new ExchangeStopped(token);
    opened = { ...tokens, ...token };
    return token.claims;
  };
  const party = { tenant, connection, secret: await readSecret(tenant, connection.id), discovery };
  const exchanged = await exchangeCode(party, sent.parameters, kept, verifyTokens, signal);
  if (!exchanged.ok || !opened) return stop(explainRefusal(exchanged, opened, checks));
  const { createUsers } = connection;
  const { identity, claims } = await readIdentity(
    opened.claims,
    opened,
    { discovery, entraTenant, createUsers, signal },
    checks,
  );
  const received = shownClaims(claims);
  checks.push({ name: 'attributes', ok: true, detail: received });
  return { ok: true, identity, received, checks };
}

/** Reads the part of the answer that came through the browser. Refuses repeated parameters. */
function readQuery(
  query: URLSearchParams,
  discovery: Discovery,
): { ok: true; parameters: URLSearchParams; received: Record<string, string> } | ProviderFailure {
  const [iss, error, code, state] = ['iss', 'error', 'code', 'state'].map((name) => query.get(name));
  const names = [...new Set(query.keys())].slice(0, 20);
  const received = {
    parameters: shownText(names.join(' ')),
    ...(iss ? { iss: shownText(iss) } : {}),
    ...(error ? { error: shownText(error), error_description: shownText(query.get('error_description')) } : {}),
  };
  if (names.some((name) => query.getAll(name).length > 1)) return { ok: false, reason: 'provider-error', received };
  const isOwn = iss ? iss === discovery.issuer : !discovery.authorization_response_iss_parameter_supported;
  if (!isOwn) return { ok: false, reason: 'issuer', received: { ...received, expected: discovery.issuer } };
  if (error || !code || !state) return { ok: false, reason: 'provider-error', received };
  return { ok: true, parameters: new URLSearchParams({ code, state, ...(iss ? { iss } : {}) }), received };
}

/** Reads the token endpoint's response. */
async function readTokens(response: Response): Promise<({ ok: true } & Tokens) | ProviderFailure> {
  const body: unknown = await response.json().catch(() => undefined);
  const { id_token, access_token, error, error_description } = (
    typeof body === 'object' && body !== null ? body : {}
  ) as TokenClaims;
  const status = String(response.status);
  if (response.status !== 200) {
    const isClient = response.status === 401 || error === 'invalid_client' || error === 'unauthorized_client';
    const received = { status, error: shownText(error), error_description: shownText(error_description) };
    return { ok: false, reason: isClient ? 'client-refused' : 'token-endpoint', received };
  }
  if (typeof id_token !== 'string' || !id_token) return { ok: false, reason: 'no-id-token', received: { status } };
  return { ok: true, idToken: id_token, accessToken: typeof access_token === 'string' ? access_token || null : null };
}

/** Returns why there is no identity, and marks the failed check. Auth.js compares the nonce. */
function explainRefusal(
  exchanged: { ok: true } | ProviderFailure,
  opened: OpenedTokens | undefined,
  checks: ProviderCheck[],
): ProviderFailure {
  const reason: Reason = exchanged.ok ? 'no-id-token' : exchanged.reason;
  const received = { ...opened?.received, ...(exchanged.ok ? {} : exchanged.received) };
  const nonce = checks.find(({ name }) => name === 'nonce');
  if (reason === 'nonce' && nonce) nonce.ok = false;
  if (checks.every(({ ok }) => ok)) checks.push({ name: 'response', ok: false, detail: received });
  return { ok: false, reason, received };
}
