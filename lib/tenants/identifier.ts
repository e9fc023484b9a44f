import { keyedDigest } from '@/lib/crypto';
import { splitExtensionUsername } from '@/lib/tenants/host';
import { plainText } from '@/lib/text';

/** What a person typed as username, read in the light of one tenant. Case and outer spaces do not count. */
type Identifier = { username: string | null; extension: string | null; unknownKey: Buffer };

/** Promises how to look the person up. An account ID of another tenant behind the extension names nobody here. Pure but for the key. */
export function parseIdentifier(typed: string, tenant: { id: string; slug: string }): Identifier {
  const text = plainText(typed.normalize('NFC').trim().toLowerCase(), 320);
  const parts = splitExtensionUsername(text);
  // Two spellings of one extension share a budget, as they would if somebody had it.
  const unknownKey = keyedDigest('identifier', tenant.id, parts?.slug === tenant.slug ? parts.extension : text);
  if (parts) return { username: null, extension: parts.slug === tenant.slug ? parts.extension : null, unknownKey };
  if (/^\d{2,10}$/.test(text)) return { username: null, extension: text, unknownKey };
  return { username: /^[a-z][a-z0-9._@+-]{1,63}$/.test(text) ? text : null, extension: null, unknownKey };
}
