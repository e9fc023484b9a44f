import { promisify } from 'node:util';
import { decrypt } from 'xml-encryption';
import { allElements, attribute, isElement, onlyChild } from '@/lib/sso/saml/dom';
import { openText } from '@/lib/sso/saml/message';

const CONTENT = new Set([
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
]);
/** RSA 1.5 is refused because of Bleichenbacher's padding oracle. */
const KEY = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';

/**
 * Returns the text inside an EncryptedAssertion or EncryptedID; undefined if none of our keys opens
 * it, or its form is refused.
 */
export async function openEncrypted(encrypted: Element, keys: string[]): Promise<string | undefined> {
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
  const text = encrypted.toString();
  for (const key of keys) {
    const opened = await decryptWith(key, text);
    if (opened !== undefined) return opened;
  }
}

/** Returns the NameID inside an EncryptedID. */
export async function openNameId(encrypted: Element, keys: string[]) {
  const text = await openEncrypted(encrypted, keys);
  const opened = text === undefined ? undefined : openText(text);
  return opened?.ok && isElement(opened.root, 'assertion', 'NameID') ? opened.root : undefined;
}

async function decryptWith(key: string, text: string) {
  try {
    const options = { key, disallowDecryptionWithInsecureAlgorithm: true, warnInsecureAlgorithm: false };
    return (await promisify(decrypt)(text, options)) as string;
  } catch {
    return undefined;
  }
}
