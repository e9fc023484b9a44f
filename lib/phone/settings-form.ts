import { getCountries } from 'libphonenumber-js/min';
import { failure } from '@/lib/result';
import { plainText } from '@/lib/text';

export type PhoneInput = {
  domain: string;
  socket: string;
  iceServers: string[];
  way: 'ephemeral' | 'per-user';
  /** Empty keeps the current secret. */
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
/** RFC 7064 and RFC 7065. A browser fails every call if one address is malformed. */
const ICE_SERVER =
  /^(?:stuns?:(?!.*\?)|turns?:)(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?(?:\?transport=(?:udp|tcp))?$/;

/**
 * Validates phone settings. Fails at `domain` with `sip-domain`, at `iceServers` with `ice-form` or
 * `too-many-ice`, at `secret` with `sip-secret`, `sip-secret-form` or `turn-secret`, at `country`
 * with `country`, and at `wrapUpSeconds` with `out-of-bounds`.
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
 * Returns the normalized address of a WebSocket. Fails at `socket` with `socket-form`, and with
 * `socket-wss` where it is not encrypted, unless `plain` allows that.
 */
export function readSocket(text: string, { plain }: { plain: boolean }) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^wss?:$/.test(url.protocol)) return failure('socket-form', { field: 'socket' });
  if (url.protocol === 'ws:' && !plain) return failure('socket-wss', { field: 'socket' });
  // The host is part of the content security policy, where a semicolon would end a directive.
  if (!HOST.test(url.hostname) || url.username || url.password || url.hash || url.href.length > 300)
    return failure('socket-form', { field: 'socket' });
  return { ok: true, socket: url.href } as const;
}

function isIceServer(entry: string) {
  const read = ICE_SERVER.exec(entry);
  const port = Number(read?.[1] ?? 3478);
  return read !== null && port > 0 && port < 65_536;
}

/** Returns the distinct entries of a list, one a line. */
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

/**
 * SIP servers store the secret in configuration files, so quotes and line breaks are not allowed.
 */
function isSecret(text: string) {
  const { min, max } = PHONE_BOUNDS.secret;
  return text.length >= min && text.length <= max && /^[\x21-\x7e]+$/.test(text) && !/["\\]/.test(text);
}

/** Returns all countries, sorted by name in a language. */
export function listCountries(locale: string) {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  return getCountries()
    .map((code) => ({ value: code as string, label: names.of(code) ?? code }))
    .sort((a, b) => a.label.localeCompare(b.label, locale));
}
