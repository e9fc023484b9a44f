import { statement } from '@/db';
import { env } from '@/lib/env';
import { describe, log } from '@/lib/log';
import { isPrivateAddress } from '@/lib/network/addresses';
import { hours } from '@/lib/time';

/**
 * A request's client: the address that counts, and those that X-Forwarded-For names and that were
 * passed over for it.
 */
export type Client = { address: string; passedOver: string[] };

/** Requests counted together; then counting restarts, because proxies change. */
const WINDOW = 1000;
const FEWEST_REQUESTS = 20;
/** The ratio of skipped to counted addresses above which the skipped ones are the clients. */
const RATIO = 5;
const BETWEEN_WARNINGS = hours(1);
/** Public addresses that count for themselves within an hour where the settings are right. */
const CLIENTS_APART = 3;
const MOST_APART = 100;

const seen = { requests: 0, counted: new Set<string>(), passedOver: new Set<string>() };
/** When each public address last counted with none passed over, the oldest first. */
const apart = new Map<string, number>();
let warnedAt = Number.NEGATIVE_INFINITY;

/**
 * Notes a request's client. Warns in the log and for `gatehouse doctor` where many clients count as
 * one address, because the settings name too few or too many proxies. One client that forges
 * X-Forwarded-For looks the same, unless others count for themselves.
 */
export function noteClient({ address, passedOver }: Client) {
  // An office's own proxy names the computers behind it; only a proxy's private address can hide
  // public ones.
  const clients = isPrivateAddress(address) ? passedOver : passedOver.filter((one) => !isPrivateAddress(one));
  noteApart(address, clients.length === 0 && !isPrivateAddress(address));
  if (clients.length === 0 && seen.requests === 0) return;
  seen.requests += 1;
  seen.counted.add(address);
  for (const one of clients) seen.passedOver.add(one);
  const isAlike = seen.requests >= FEWEST_REQUESTS && seen.passedOver.size >= RATIO * seen.counted.size;
  if (isAlike && !areOthersApart() && performance.now() - warnedAt > BETWEEN_WARNINGS)
    warn(address, seen.passedOver.size);
  if (!isAlike && seen.requests < WINDOW) return;
  seen.requests = 0;
  seen.counted.clear();
  seen.passedOver.clear();
}

/** Notes whether an address counts alone, or in place of those that it passed over. */
function noteApart(address: string, isApart: boolean) {
  apart.delete(address);
  if (isApart) apart.set(address, performance.now());
  const [oldest] = apart.keys();
  if (oldest !== undefined && apart.size > MOST_APART) apart.delete(oldest);
}

/**
 * Whether enough clients counted for themselves lately: the others are then one client's forgery.
 */
function areOthersApart() {
  const recent = [...apart.values()].filter((at) => performance.now() - at < BETWEEN_WARNINGS);
  return recent.length >= CLIENTS_APART;
}

function warn(address: string, passedOver: number) {
  warnedAt = performance.now();
  const setting = proxySetting();
  log().warn({ alert: 'clients look alike', address, passedOver, setting, fix: LOOKALIKE_FIX });
  statement(
    `insert into client_warnings (setting, address, passed_over) values ($1, $2, $3)
     on conflict (setting) do update set at = now(), address = excluded.address, passed_over = excluded.passed_over`,
    [setting, address, String(passedOver)],
  ).catch((error) => log().warn({ event: 'warning not kept', ...describe(error) }));
}

export const LOOKALIKE_FIX =
  'Set TRUSTED_PROXIES to the networks of your proxies, or TRUSTED_PROXY_HOPS to how many append to X-Forwarded-For.';

/** Returns the last day's warning under the present settings, or undefined. */
export async function findLookalikes() {
  const [row] = await statement<{ address: string; passedOver: number }>(
    `select address, passed_over as "passedOver" from client_warnings
     where setting = $1 and at > now() - interval '1 day'`,
    [proxySetting()],
  );
  return row;
}

function proxySetting() {
  const { TRUSTED_PROXIES, TRUSTED_PROXY_HOPS } = env();
  return TRUSTED_PROXIES === undefined
    ? `TRUSTED_PROXY_HOPS=${TRUSTED_PROXY_HOPS ?? 0}`
    : `TRUSTED_PROXIES=${TRUSTED_PROXIES}`;
}
