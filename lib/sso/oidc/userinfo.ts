import { FetchRefused, guardedFetch } from '@/lib/sso/guarded-fetch';
import { shownText, type TokenClaims } from '@/lib/sso/oidc/token';

type Userinfo = { ok: boolean; claims: TokenClaims; received: Record<string, string> };

/**
 * Returns what a provider's userinfo endpoint says about a subject; what it says about another one
 * does not count.
 */
export async function fetchUserinfo(
  address: string,
  accessToken: string,
  sub: unknown,
  signal: AbortSignal,
): Promise<Userinfo> {
  const refused = (received: Record<string, string>) => ({ ok: false, claims: {}, received: { address, ...received } });
  try {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const answer = await guardedFetch(address, { headers, signal });
    const status = String(answer.status);
    const body: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : undefined;
    if (!isClaims(body)) return refused({ status });
    if (body.sub !== sub) return refused({ status, expected: shownText(sub), sub: shownText(body.sub) });
    return { ok: true, claims: body, received: { address, status } };
  } catch (error) {
    // A provider that answers here too late or not at all must not keep out users who are linked
    // already.
    if (error instanceof FetchRefused) return refused({ error: error.reason });
    throw error;
  }
}

function isClaims(body: unknown): body is TokenClaims {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
