import { oneTimeToken } from '@/lib/crypto';

const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';
const LETTERS = 28;

/**
 * Returns the temporary password of a nonce: 28 letters and digits without look-alikes in groups of
 * four, 137 bits. It can be made again to resend the mail; only its hash is stored.
 */
export function temporaryPasswordFrom(made: { nonce: Buffer; keyId: string }) {
  let number = BigInt(`0x${Buffer.from(oneTimeToken('temporary-password', made), 'base64url').toString('hex')}`);
  let letters = '';
  while (letters.length < LETTERS) {
    letters += ALPHABET[Number(number % BigInt(ALPHABET.length))];
    number /= BigInt(ALPHABET.length);
  }
  return letters.match(/.{4}/g)?.join('-') ?? letters;
}
