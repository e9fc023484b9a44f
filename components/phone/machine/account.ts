import type { PhoneCredentials } from '@/lib/phone/wire';
import type { PhoneAccount } from './state';

/** Returns the credentials without their secret, with the expiry by this computer's clock. */
export function accountOf(credentials: PhoneCredentials, aheadMs: number): PhoneAccount {
  const { extension, name, domain, country, otherDomains, wrapUpSeconds, expiresAt } = credentials;
  return { extension, name, domain, country, otherDomains, wrapUpSeconds, expiresAt: expiresAt * 1000 - aheadMs };
}

export function isSameAccount(account: PhoneAccount, other: PhoneAccount | null) {
  return account.extension === other?.extension && account.domain === other.domain;
}

/** Returns host and port of an address, empty where it is none. */
export function hostOf(address: string) {
  return URL.canParse(address) ? new URL(address).host : '';
}
