import { cleanName } from './clean-name';

/** The parts of JsSIP's URI that identify the other party. */
export type PeerUri = { user?: string; host?: string; hasParam?: (name: string) => boolean };

/** The parts of JsSIP's Refer-To URI that a transfer reads. */
export type ReferUri = {
  user: string;
  host: string;
  clearParams: () => void;
  hasHeader: (name: string) => boolean;
  getHeader: (name: string) => string[] | undefined;
};

/**
 * A Replaces header (RFC 3891) becomes a header line of our own call, so it must not contain line
 * breaks.
 */
const REPLACES = /^[\x20-\x7e]{1,300}$/;

/** Returns the extension of a caller from our domain, else `user@host`. */
export function peerOf(uri: PeerUri | undefined, domain: string | undefined) {
  // JsSIP reads maddr as the host, so an external caller could claim to be a colleague.
  const host = uri?.hasParam?.('maddr') ? '' : `${uri?.host ?? ''}`.toLowerCase();
  const user = cleanName(uri?.user) || '?';
  return host === domain?.toLowerCase() ? user : `${user}@${cleanName(host)}`;
}

/**
 * Returns whether a transfer target may be a colleague: an extension of our domain, with safe
 * headers.
 */
export function isInternalTarget(uri: ReferUri, domain: string | undefined) {
  return uri.host.toLowerCase() === domain?.toLowerCase() && /^\d{2,10}$/.test(uri.user) && hasSafeReplaces(uri);
}

function hasSafeReplaces(uri: ReferUri) {
  if (!uri.hasHeader('replaces')) return true;
  try {
    return REPLACES.test(decodeURIComponent(`${uri.getHeader('replaces')}`));
  } catch {
    return false;
  }
}

type SipMessage = { status_code?: number; getHeader?: (name: string) => string | undefined } | null;

/**
 * Returns who ended a call, with which status, and whether another device answered it (RFC 3326).
 */
export function endOf(originator: unknown, message: unknown) {
  const answer = message as SipMessage;
  const by = originator === 'local' || originator === 'remote' ? originator : 'system';
  const elsewhere = /cause=200\b|completed elsewhere/i.test(answer?.getHeader?.('reason') ?? '');
  return { by, status: answer?.status_code ?? null, elsewhere } as const;
}
