import { cleanName } from '@/components/phone/machine/clean-name';
import type { Asked, Portal } from '@/components/phone/machine/ports';
import type {
  BusyAnswer,
  Colleague,
  Colleagues,
  EndedCall,
  PhoneCredentials,
  PhoneRefusal,
  RecentCalls,
} from '@/lib/phone/wire';

const PATIENCE_MS = 8000;
const KEPT_UNSENT = 50;

const names = new Map<string, string>();
const unsent: EndedCall[] = [];
/** Whose phone this document is. Somebody else may have signed in since. */
let own: string | null = null;

/** Promises what the portal is asked, each with a limit of time and never an exception. */
export function portal(): Portal {
  return { credentials, nameOf, keep, isLive, busy };
}

async function credentials(): Promise<Asked> {
  const response = await ask('/api/phone/credentials', { method: 'POST' });
  if (response?.ok) {
    const told = Date.parse(response.headers.get('date') ?? '');
    const aheadMs = Number.isNaN(told) ? 0 : told - Date.now();
    const credentials = (await response.json()) as PhoneCredentials;
    own ??= credentials.extension;
    void sendUnsent();
    return { ok: true, credentials, aheadMs };
  }
  const refusal = response ? ((await response.json().catch(() => null)) as PhoneRefusal | null) : null;
  const why = refusal?.why ?? null;
  if (response?.status === 401) return { ok: false, because: 'signed-out', why };
  // An address of a company that is no more, or shut.
  if (response?.status === 404 || (response?.status === 403 && refusal?.error !== 'foreign'))
    return { ok: false, because: 'no-phone', why };
  return { ok: false, because: 'later', why };
}

/** The company's own name for an extension goes before whatever the caller says of himself. */
async function nameOf(extension: string) {
  const known = names.get(extension);
  if (known) return known;
  const found = await colleagues(extension, 1);
  return found?.people.find((person) => person.extension === extension)?.name ?? null;
}

/** Promises a page of colleagues, or null where nobody could say. */
export async function colleagues(words: string, page: number): Promise<Colleagues | null> {
  const query = new URLSearchParams({ q: words.slice(0, 100), page: String(page) });
  const response = await ask(`/api/phone/colleagues?${query}`);
  if (!response?.ok) return null;
  const found = (await response.json()) as Colleagues;
  const people = found.people.map((person): Colleague => ({ ...person, name: cleanName(person.name) }));
  for (const { extension, name } of people) names.set(extension, name);
  return { ...found, people };
}

/** Promises whether somebody of the company has been seen with this extension. */
export function knownName(extension: string) {
  return names.get(extension) ?? null;
}

/** Promises the person's latest calls, or null where nobody could say. */
export async function recentCalls(): Promise<EndedCall[] | null> {
  const response = await ask('/api/phone/calls');
  return response?.ok ? ((await response.json()) as RecentCalls).calls : null;
}

async function keep(call: EndedCall) {
  const response = await ask(own ? `/api/phone/calls?of=${encodeURIComponent(own)}` : '/api/phone/calls', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call),
    // The page may be on its way out.
    keepalive: true,
  });
  const isSettled = response?.ok || response?.status === 400;
  if (!isSettled && unsent.length < KEPT_UNSENT) unsent.push(call);
  dispatchEvent(new Event('gatehouse:call-kept'));
}

async function sendUnsent() {
  for (const call of unsent.splice(0)) await keep(call);
}

async function isLive() {
  const response = await ask('/api/session');
  if (response?.ok) return ((await response.json()) as { live: boolean }).live;
  return response && [401, 403, 404].includes(response.status) ? false : null;
}

async function busy() {
  const response = await ask('/api/phone/busy', { method: 'POST' });
  if (response?.status === 401) {
    const refusal = (await response.json().catch(() => null)) as PhoneRefusal | null;
    return { live: false, why: refusal?.why ?? null };
  }
  if (!response?.ok) return null;
  const { live, why } = (await response.json()) as BusyAnswer;
  return { live, why: why ?? null };
}

async function ask(path: string, init: RequestInit = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await fetch(path, { cache: 'no-store', ...init, signal: patience.signal });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
