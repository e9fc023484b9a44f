import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { env } from '@/lib/env';
import { Unavailable } from '@/lib/result';

type Purpose = 'check' | 'seal' | 'identifier' | 'audit' | 'recovery-code' | 'one-time' | 'auth.js';

/**
 * Returns 32 random bytes as base64url: sessions, attempts, devices (ASVS 11.5.1 asks for 128
 * bits).
 */
export function randomToken() {
  return randomBytes(32).toString('base64url');
}

/** Returns the SHA-256 of a token, the only form that the database stores. */
export function hashToken(token: string) {
  return hash('sha256', token, 'buffer');
}

/** Returns whether `text` has the form of a token. */
export function isToken(text: string | undefined | null): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text);
}

export type OneTimePurpose = 'reset' | 'email-change' | 'temporary-password' | 'invitation' | 'invitation-code';

/**
 * Returns what a row keeps of a one-time token: its hash, and a nonce to make it from again when
 * its email is sent, so that no queue holds the secret.
 */
export function newOneTimeToken(purpose: OneTimePurpose) {
  const nonce = randomBytes(32);
  const keyId = writingKeyId();
  return { nonce, keyId, tokenHash: hashToken(oneTimeToken(purpose, { nonce, keyId })) };
}

/** Returns the token itself, from what its row keeps. */
export function oneTimeToken(purpose: OneTimePurpose, { nonce, keyId }: { nonce: Buffer; keyId: string }) {
  return keyedDigestUnder(keyId, 'one-time', purpose, nonce).toString('base64url');
}

/** Returns a keyed digest, for identifiers and codes that are too short for a bare hash. */
export function keyedDigest(purpose: Purpose, ...parts: (string | Buffer)[]) {
  const mac = createHmac('sha256', key(purpose));
  for (const part of parts) mac.update(part).update('\0');
  return mac.digest();
}

/**
 * Returns a keyed digest under a named key. Throws Unavailable if the key is not in the keyring.
 */
export function keyedDigestUnder(keyId: string, purpose: Purpose, ...parts: (string | Buffer)[]) {
  const mac = createHmac('sha256', key(purpose, keyId));
  for (const part of parts) mac.update(part).update('\0');
  return mac.digest();
}

/** Returns whether the keyring has this key. */
export function isKnownKey(keyId: string) {
  return env().keyring.some(({ id }) => id === keyId);
}

/** Returns the id of the first key, which writes. */
export function writingKeyId() {
  const [first] = env().keyring;
  if (!first) throw new Error('empty keyring');
  return first.id;
}

/**
 * Seals with AES-256-GCM under the first key: `kid.iv.ciphertext.tag`. `context` must be the same
 * at opening.
 */
export function seal(plain: string, context: string) {
  const id = writingKeyId();
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key('seal', id), iv).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return [id, ...[iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

/**
 * Returns what was sealed. Throws on another context or any change, and Unavailable if the key is
 * not in the keyring.
 */
export function unseal(text: string, context: string) {
  const [id = '', iv = '', sealed = '', tag = ''] = text.split('.');
  const decipher = createDecipheriv('aes-256-gcm', key('seal', id), Buffer.from(iv, 'base64url'), { authTagLength: 16 })
    .setAAD(Buffer.from(context))
    .setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([decipher.update(Buffer.from(sealed, 'base64url')), decipher.final()]).toString('utf8');
}

/** Returns whether a sealed text was written under an older key. */
export function isSealedUnderOldKey(text: string) {
  return !text.startsWith(`${writingKeyId()}.`);
}

export function sameBytes(a: Buffer, b: Buffer) {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Returns the secrets for Auth.js, the writing one first. */
export function authSecrets() {
  return env().keyring.map(({ id }) => key('auth.js', id).toString('base64url'));
}

/**
 * Returns a key of the keyring. Throws Unavailable for one that only other instances have so far.
 */
export function requireKey(keyId: string) {
  const master = env().keyring.find((entry) => entry.id === keyId);
  if (master) return master;
  throw /^[a-z0-9]{1,16}$/i.test(keyId) ? new Unavailable('keys', keyId) : new Error('this names no key');
}

const derived = new Map<string, Buffer>();

function key(purpose: Purpose, keyId = writingKeyId()) {
  const name = `${keyId}/${purpose}`;
  const known = derived.get(name);
  if (known) return known;
  const bytes = Buffer.from(hkdfSync('sha256', requireKey(keyId).secret, '', `gatehouse/${purpose}`, 32));
  derived.set(name, bytes);
  return bytes;
}
