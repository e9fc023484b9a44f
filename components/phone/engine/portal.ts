import { cleanName } from '@/components/phone/machine/clean-name';
import type {
  BusyAnswer,
  Colleague,
  Colleagues,
  EndedCall,
  PhoneCredentials,
  PhoneRefusal,
  RecentCalls,
} from '@/lib/phone/wire';
import type { CredentialsResult, Portal } from './ports';

const TIMEOUT_MS = 8000;
const MAX_UNSENT = 50;

const names = new Map<string, string>();
const unsent: EndedCall[] = [];
/** The extension this document started with. Another user may have signed in since. */
let ownExtension: string | null = null;

/** Returns the requests to the portal. Each has a timeout, and none rejects. */
export function portal(): Portal {
  return { credentials, nameOf, storeCall, isLive, reportBusy };
}

async function credentials(): Promise<CredentialsResult> {
  const response = await request('/api/phone/credentials', { method: 'POST' });
  if (response?.ok) {
    const sentAt = Date.parse(response.headers.get('date') ?? '');
    const aheadMs = Number.isNaN(sentAt) ? 0 : sentAt - Date.now();
    const credentials = (await response.json()) as PhoneCredentials;
    ownExtension ??= credentials.extension;
    void sendUnsent();
    return { ok: true, credentials, aheadMs };
  }
  const refusal = response ? ((await response.json().catch(() => null)) as PhoneRefusal | null) : null;
  const why = refusal?.why ?? null;
  if (response?.status === 401) return { ok: false, error: 'signed-out', why };
  // The tenant was removed or suspended.
  if (response?.status === 404 || (response?.status === 403 && refusal?.error !== 'foreign'))
    return { ok: false, error: 'no-phone', why };
  return { ok: false, error: 'unavailable', why };
}

/** Returns the tenant's name for an extension, which takes precedence over the caller's own. */
async function nameOf(extension: string) {
  const known = names.get(extension);
  if (known) return known;
  const found = await colleagues(extension, 1);
  return found?.people.find((colleague) => colleague.extension === extension)?.name ?? null;
}

/** Returns a page of colleagues, or null where the portal does not answer. */
export async function colleagues(words: string, page: number): Promise<Colleagues | null> {
  const query = new URLSearchParams({ q: words.slice(0, 100), page: String(page) });
  const response = await request(`/api/phone/colleagues?${query}`);
  if (!response?.ok) return null;
  const found = (await response.json()) as Colleagues;
  const cleaned = found.people.map((colleague): Colleague => ({ ...colleague, name: cleanName(colleague.name) }));
  for (const { extension, name } of cleaned) names.set(extension, name);
  return { ...found, people: cleaned };
}

/** Returns the name of a colleague that was already loaded. */
export function knownName(extension: string) {
  return names.get(extension) ?? null;
}

/** Returns the user's latest calls, or null where the portal does not answer. */
export async function recentCalls(): Promise<EndedCall[] | null> {
  const response = await request('/api/phone/calls');
  return response?.ok ? ((await response.json()) as RecentCalls).calls : null;
}

async function storeCall(call: EndedCall) {
  const response = await request(
    ownExtension ? `/api/phone/calls?of=${encodeURIComponent(ownExtension)}` : '/api/phone/calls',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call),
      // The page may be closing.
      keepalive: true,
    },
  );
  const isSettled = response?.ok || response?.status === 400;
  if (!isSettled && unsent.length < MAX_UNSENT) unsent.push(call);
  dispatchEvent(new Event('gatehouse:call-kept'));
}

async function sendUnsent() {
  for (const call of unsent.splice(0)) await storeCall(call);
}

async function isLive() {
  const response = await request('/api/session');
  if (response?.ok) return ((await response.json()) as { live: boolean }).live;
  return response && [401, 403, 404].includes(response.status) ? false : null;
}

async function reportBusy() {
  const response = await request('/api/phone/busy', { method: 'POST' });
  if (response?.status === 401) {
    const refusal = (await response.json().catch(() => null)) as PhoneRefusal | null;
    return { live: false, why: refusal?.why ?? null };
  }
  if (!response?.ok) return null;
  const { live, why } = (await response.json()) as BusyAnswer;
  return { live, why: why ?? null };
}

async function request(path: string, init: RequestInit = {}) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, { cache: 'no-store', ...init, signal: timeout.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
