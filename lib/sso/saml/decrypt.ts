import { promisify } from 'node:util';
import { decrypt } from 'xml-encryption';
import { allElements, attribute, isElement, onlyChild } from '@/lib/sso/saml/dom';

const CONTENT = new Set([
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
]);
/** RSA 1.5 is left out: how its failures look gives the key's work away (Bleichenbacher). */
const KEY = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';

/** Promises the text inside an EncryptedAssertion or EncryptedID, or undefined where it is not for us or not of a form we open. */
export async function openEncrypted(encrypted: Element, privateKey: string): Promise<string | undefined> {
  const data = onlyChild(encrypted, 'encryption', 'EncryptedData');
  const elements = allElements(encrypted);
  const named = (name: string) => elements.filter(({ localName }) => localName === name);
  const [key, ...moreKeys] = named('EncryptedKey');
  if (!data || !key || moreKeys.length > 0 || named('EncryptedData').length !== 1) return undefined;
  if (named('CipherReference').length > 0 || named('CipherValue').length !== 2) return undefined;
  if (named('EncryptionMethod').length !== 2 || !isElement(key, 'encryption', 'EncryptedKey')) return undefined;
  const content = attribute(onlyChild(data, 'encryption', 'EncryptionMethod'), 'Algorithm');
  const transport = attribute(onlyChild(key, 'encryption', 'EncryptionMethod'), 'Algorithm');
  if (!CONTENT.has(content ?? '') || transport !== KEY) return undefined;
  try {
    const options = { key: privateKey, disallowDecryptionWithInsecureAlgorithm: true, warnInsecureAlgorithm: false };
    // The same call on the same text as the verifier's own, so that both see the same assertion.
    return (await promisify(decrypt)(encrypted.toString(), options)) as string;
  } catch {
    return undefined;
  }
}
