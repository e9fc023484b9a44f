import { keyedDigest } from '@/lib/crypto';
import { splitExtensionUsername } from '@/lib/tenants/host';
import { plainText } from '@/lib/text';

/** A typed username within one tenant. Case and outer spaces do not count. */
type Identifier = { username: string | null; extension: string | null; unknownKey: Buffer };

/** Returns how to look up a user. An extension with another tenant's account ID matches nobody. */
export function parseIdentifier(typed: string, tenant: { id: string; slug: string }): Identifier {
  const text = plainText(typed.normalize('NFC').trim().toLowerCase(), 320);
  const parts = splitExtensionUsername(text);
  // Two spellings of one extension share a budget, also if no user has it.
  const unknownKey = keyedDigest('identifier', tenant.id, parts?.slug === tenant.slug ? parts.extension : text);
  if (parts) return { username: null, extension: parts.slug === tenant.slug ? parts.extension : null, unknownKey };
  if (/^\d{2,10}$/.test(text)) return { username: null, extension: text, unknownKey };
  return { username: /^[a-z][a-z0-9._@+-]{1,63}$/.test(text) ? text : null, extension: null, unknownKey };
}
