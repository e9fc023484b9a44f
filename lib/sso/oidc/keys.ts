import type { JSONWebKeySet, JWK } from 'jose';
import { singleton } from '@/lib/singleton';
import { FetchRefused, guardedFetch } from '@/lib/sso/guarded-fetch';
import type { ProviderFailure } from '@/lib/sso/oidc/discovery';
import { minutes, seconds } from '@/lib/time';

type CachedKeys = { at: number; renewedAt: number; set: JSONWebKeySet };

const FRESH = minutes(10);
/** How often an unknown key ID may cause another request, so that a sender cannot cause many. */
const RENEWAL = seconds(30);
const MOST = 500;

const cache = singleton('oidc-keys', () => new Map<string, CachedKeys>());

/** Returns a provider's keys, cached for ten minutes. `renew` fetches them, at most every 30 s. */
export async function loadKeys(
  address: string,
  { signal, renew = false }: { signal?: AbortSignal; renew?: boolean },
): Promise<{ ok: true; set: JSONWebKeySet; renewed: boolean } | ProviderFailure> {
  const known = cache.get(address);
  const now = Date.now();
  const isFresh = known !== undefined && now - known.at < FRESH;
  if (isFresh && (!renew || now - known.renewedAt < RENEWAL)) return { ok: true, set: known.set, renewed: false };
  // Set before the response arrives, so that concurrent requests cause one fetch.
  if (known && renew) known.renewedAt = now;
  const found = await fetchKeys(address, signal);
  if (!found.ok) return found;
  cache.delete(address);
  cache.set(address, { at: now, renewedAt: renew ? now : (known?.renewedAt ?? 0), set: found.set });
  const [oldest] = cache.keys();
  if (cache.size > MOST && oldest !== undefined) cache.delete(oldest);
  return { ...found, renewed: true };
}

async function fetchKeys(
  address: string,
  signal?: AbortSignal,
): Promise<{ ok: true; set: JSONWebKeySet } | ProviderFailure> {
  try {
    const answer = await guardedFetch(address, { signal, headers: { accept: 'application/json' } });
    const body: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : undefined;
    if (isKeySet(body)) return { ok: true, set: body };
    return { ok: false, reason: 'keys', received: { address, status: String(answer.status) } };
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    return { ok: false, reason: error.reason, received: { address: error.address } };
  }
}

function isKeySet(body: unknown): body is { keys: JWK[] } {
  if (typeof body !== 'object' || body === null || !('keys' in body) || !Array.isArray(body.keys)) return false;
  return body.keys.length > 0 && body.keys.every((key) => typeof key === 'object' && key !== null);
}
