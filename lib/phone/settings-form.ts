import { getCountries } from 'libphonenumber-js/min';
import { failure } from '@/lib/result';
import { plainText } from '@/lib/text';

/** The form that a tenant's phone settings must have. Pure. */

export type PhoneInput = {
  domain: string;
  socket: string;
  iceServers: string[];
  way: 'ephemeral' | 'per-user';
  /** Empty keeps the one there is. */
  secret: string;
  country: string;
  otherDomains: boolean;
  wrapUpSeconds: number;
};

export const PHONE_BOUNDS = {
  wrapUpSeconds: { min: 0, max: 600 },
  iceServers: 10,
  secret: { min: 8, max: 200 },
} as const;

export const DEFAULT_PHONE = { way: 'ephemeral', country: 'CA', otherDomains: false, wrapUpSeconds: 30 } as const;

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** RFC 7064 and RFC 7065; a browser refuses every call over one that is malformed. */
const ICE_SERVER =
  /^(?:stuns?:(?!.*\?)|turns?:)(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?(?:\?transport=(?:udp|tcp))?$/;

/**
 * Promises whether what was typed can be kept. Fails at `domain` with `sip-domain`, at `socket` as readSocket does, at `iceServers`
 * with `ice-form` and the entry, `too-many-ice` or `turn-secret`, at `secret` with `sip-secret` or `sip-secret-form`, at `country`
 * with `country` and at `wrapUpSeconds` with `out-of-bounds`.
 */
export function checkPhone(input: PhoneInput, hasSecret: boolean) {
  if (!HOST.test(input.domain)) return failure('sip-domain', { field: 'domain' });
  if (input.iceServers.length > PHONE_BOUNDS.iceServers)
    return failure('too-many-ice', { field: 'iceServers', max: PHONE_BOUNDS.iceServers });
  const wrong = input.iceServers.find((entry) => !isIceServer(entry));
  if (wrong !== undefined) return failure('ice-form', { field: 'iceServers', entry: plainText(wrong, 80) });
  const { min, max } = PHONE_BOUNDS.secret;
  if (input.secret && !isSecret(input.secret)) return failure('sip-secret-form', { field: 'secret', min, max });
  if (!input.secret && !hasSecret) {
    if (input.way === 'ephemeral') return failure('sip-secret', { field: 'secret' });
    if (input.iceServers.some(isTurn)) return failure('turn-secret', { field: 'secret' });
  }
  if (!getCountries().some((country) => country === input.country)) return failure('country', { field: 'country' });
  const bounds = PHONE_BOUNDS.wrapUpSeconds;
  if (!Number.isInteger(input.wrapUpSeconds) || input.wrapUpSeconds < bounds.min || input.wrapUpSeconds > bounds.max)
    return failure('out-of-bounds', { field: 'wrapUpSeconds', ...bounds });
  return { ok: true } as const;
}

/**
 * Promises the address of a WebSocket as it is kept. Fails at `socket` with `socket-form`, and with `socket-wss` where it would not
 * be encrypted; `plain` allows that, for a server on this machine.
 */
export function readSocket(text: string, { plain }: { plain: boolean }) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^wss?:$/.test(url.protocol)) return failure('socket-form', { field: 'socket' });
  if (url.protocol === 'ws:' && !plain) return failure('socket-wss', { field: 'socket' });
  // The host comes into a header of ours, where a semicolon would end a directive.
  if (!HOST.test(url.hostname) || url.username || url.password || url.hash || url.href.length > 300)
    return failure('socket-form', { field: 'socket' });
  return { ok: true, socket: url.href } as const;
}

function isIceServer(entry: string) {
  const read = ICE_SERVER.exec(entry);
  const port = Number(read?.[1] ?? 3478);
  return read !== null && port > 0 && port < 65_536;
}

/** Promises the entries of a list typed one a line. */
export function readIceServers(text: string) {
  return [
    ...new Set(
      text
        .split(/[\s,]+/)
        .filter(Boolean)
        .map((entry) => entry.toLowerCase()),
    ),
  ];
}

export function isTurn(server: string) {
  return /^turns?:/.test(server);
}

/** Servers keep it in configuration files: nothing there may end its line or its quotes. */
function isSecret(text: string) {
  const { min, max } = PHONE_BOUNDS.secret;
  return text.length >= min && text.length <= max && /^[\x21-\x7e]+$/.test(text) && !/["\\]/.test(text);
}

/** Promises the countries there are, by name in a language. */
export function listCountries(locale: string) {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  return getCountries()
    .map((code) => ({ value: code as string, label: names.of(code) ?? code }))
    .sort((a, b) => a.label.localeCompare(b.label, locale));
}
