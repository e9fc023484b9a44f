import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * Returns a domain in lower-case ASCII, or an empty text if it is not one. Some Node releases keep
 * a label of invalid punycode as it is, others return an empty text; here it is never a domain.
 */
export function asciiDomain(text: string) {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return '';
  const ascii = domainToASCII(text).toLowerCase();
  const labels = domainToUnicode(ascii).split('.');
  return labels.some((label) => label.startsWith('xn--')) ? '' : ascii;
}
