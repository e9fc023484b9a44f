import { oneTimeToken } from '@/lib/crypto';

const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';
const LETTERS = 16;

/**
 * Returns the code of a printed slip: 16 letters and digits without look-alikes in groups of four,
 * 78 bits.
 */
export function slipCodeFrom(made: { nonce: Buffer; keyId: string }) {
  let number = BigInt(`0x${Buffer.from(oneTimeToken('invitation-code', made), 'base64url').toString('hex')}`);
  let letters = '';
  while (letters.length < LETTERS) {
    letters += ALPHABET[Number(number % BigInt(ALPHABET.length))];
    number /= BigInt(ALPHABET.length);
  }
  return letters.match(/.{4}/g)?.join('-') ?? letters;
}
