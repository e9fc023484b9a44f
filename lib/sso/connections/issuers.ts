/**
 * Facts about well-known issuers of OpenID Connect. Pure, except that a provider on this machine
 * may stand in for Entra.
 */

import type { OidcSettings } from '@/db/schema/sso-settings';
import { env } from '@/lib/env';

/** Microsoft Entra ID: worldwide, US government, China, and the issuer of version 1 tokens. */
const ENTRA_HOSTS = new Set([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
  'sts.windows.net',
]);

/** Anyone can get an account at these, or they serve several organizations under one issuer. */
const SHARED_HOSTS = new Set([
  'accounts.google.com',
  'gitlab.com',
  'github.com',
  'bitbucket.org',
  'www.linkedin.com',
  'linkedin.com',
  'www.facebook.com',
  'facebook.com',
  'limited.facebook.com',
  'appleid.apple.com',
  'account.apple.com',
  'login.live.com',
  'login.yahoo.com',
  'api.login.yahoo.com',
  'www.amazon.com',
  'id.twitch.tv',
  'slack.com',
  'discord.com',
  'orcid.org',
  'www.paypal.com',
  'access.line.me',
  'kauth.kakao.com',
]);

/** The directory that holds every private Microsoft account. */
const PERSONAL_DIRECTORY = '9188040d-6c67-4c5b-b112-36a304b66dad';
const ANY_DIRECTORY = /^\/(common|organizations|consumers)(\/|$)/i;

/**
 * Returns whether an issuer is Microsoft Entra ID. On a local installation, a provider on loopback
 * with a directory ID counts.
 */
export function isEntra(issuer: string, entraTenant: string | null) {
  const host = hostOf(issuer);
  return ENTRA_HOSTS.has(host) || (entraTenant !== null && env().local && issuer.startsWith('http:'));
}

export function isGoogle(issuer: string) {
  return hostOf(issuer) === 'accounts.google.com';
}

/**
 * Returns whether an issuer signs for more than one organization, so that its word about an address
 * needs a claim.
 */
export function isShared(issuer: string) {
  const host = hostOf(issuer);
  if (SHARED_HOSTS.has(host)) return true;
  return ENTRA_HOSTS.has(host) && (isAnyDirectory(issuer) || issuer.toLowerCase().includes(PERSONAL_DIRECTORY));
}

/** Returns whether the path of an issuer covers every Entra directory instead of one. */
export function isAnyDirectory(issuer: string) {
  return isTemplate(issuer) || (URL.canParse(issuer) && ANY_DIRECTORY.test(new URL(issuer).pathname));
}

/**
 * Returns whether an issuer has a placeholder where a directory ID belongs, as Entra's document for
 * every directory has.
 */
export function isTemplate(issuer: string) {
  return /(\{|%7b)tenantid(\}|%7d)/i.test(issuer);
}

/** Google's own tokens may name the issuer without https. */
function hostOf(issuer: string) {
  const address = issuer.includes('://') ? issuer : `https://${issuer}`;
  return URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
}

export type IssuerSettings = { issuer: string; settings: Pick<OidcSettings, 'entraTenant' | 'configurationQuery'> };

/**
 * Returns the issuer that signs for a connection: of Entra's issuers for every directory, the one
 * of the directory entered.
 */
export function issuerOf({ issuer, settings: { entraTenant } }: IssuerSettings) {
  return entraTenant ? issuer.replace(DIRECTORY_IN_PATH, `/${entraTenant}$2`) : issuer;
}

const DIRECTORY_IN_PATH = /\/(common|organizations|consumers|\{tenantid\}|%7Btenantid%7D)(\/v2\.0\/?|\/)$/i;
