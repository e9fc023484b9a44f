import { createHash, createSign, generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { SamlCertificate } from '@/db/schema/sso-settings';
import { failure } from '@/lib/result';

const YEARS = 10;
const SMALLEST_KEY = 2048;
/** P-256, P-384 and P-521 as OpenSSL calls them. */
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Creates a 2048-bit RSA key pair and its self-signed certificate, valid for ten years. */
export async function newSamlKeys(now = new Date()): Promise<{ privateKey: string; certificate: SamlCertificate }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const der = selfSigned(publicKey, privateKey, now);
  return { privateKey, certificate: describeCertificate(new X509Certificate(der)) };
}

/**
 * Returns what we keep of a provider's certificate, given as PEM or as bare base64. Fails with
 * `certificate` (it is not one), `certificate-expired`, `certificate-weak` (RSA below 2048 bits, or
 * a key that cannot sign SAML here).
 */
export function readCertificate(text: string, now = new Date()) {
  const base64 = text.replace(/-----(BEGIN|END) CERTIFICATE-----/g, '').replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]{64,}={0,2}$/.test(base64)) return failure('certificate');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return failure('certificate');
  }
  if (new Date(certificate.validTo) <= now) return failure('certificate-expired');
  if (!isStrong(certificate)) return failure('certificate-weak');
  return { ok: true, certificate: describeCertificate(certificate) } as const;
}

/** Returns the SHA-256 fingerprint of a certificate in bare base64. */
export function fingerprintOf(base64: string) {
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex').toUpperCase();
}

/** Returns a certificate in bare base64, as in metadata. */
export function bareCertificate({ pem }: Pick<SamlCertificate, 'pem'>) {
  return pem.replace(/-----(BEGIN|END) CERTIFICATE-----|\s+/g, '');
}

function isStrong({ publicKey }: X509Certificate) {
  const { asymmetricKeyType, asymmetricKeyDetails: { modulusLength = 0, namedCurve = '' } = {} } = publicKey;
  return asymmetricKeyType === 'rsa'
    ? modulusLength >= SMALLEST_KEY
    : asymmetricKeyType === 'ec' && CURVES.has(namedCurve);
}

function describeCertificate(certificate: X509Certificate): SamlCertificate {
  return {
    pem: certificate.toString().trim(),
    notAfter: new Date(certificate.validTo).toISOString(),
    fingerprint: fingerprintOf(certificate.raw.toString('base64')),
  };
}

/** Returns a minimal X.509 certificate (RFC 5280). Providers pin it and ignore its names. */
function selfSigned(publicKey: Buffer, privateKey: string, now: Date) {
  const sha256WithRsa = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'));
  const commonName = sequence(Buffer.from('0603550403', 'hex'), tagged(0x0c, Buffer.from('Gatehouse')));
  const name = sequence(tagged(0x31, commonName));
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const body = sequence(
    tagged(0xa0, Buffer.from('020102', 'hex')),
    tagged(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    sha256WithRsa,
    name,
    sequence(time(now), time(until)),
    name,
    publicKey,
  );
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  return sequence(body, sha256WithRsa, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

/** UTCTime until 2049, then GeneralizedTime (RFC 5280). */
function time(date: Date) {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

function sequence(...parts: Buffer[]) {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer) {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
