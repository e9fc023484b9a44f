import type { OidcSettings } from '@/db/schema/sso-settings';
import type { Cause } from '@/lib/audit/record';
import { conflictWith } from '@/lib/forms/version';
import { failure } from '@/lib/result';
import { createConnection } from '@/lib/sso/connections/change';
import { findConnection, savedConnection } from '@/lib/sso/connections/connections';
import { type DomainChoice, readDomains } from '@/lib/sso/connections/email-domains';
import { isAnyDirectory, isEntra, isShared, issuerOf, isTemplate } from '@/lib/sso/connections/issuers';
import { updateConnection } from '@/lib/sso/connections/update';
import { isFetchable } from '@/lib/sso/guarded-fetch';
import { discover } from '@/lib/sso/oidc/discovery';
import type { Tenant } from '@/lib/tenants/tenants';

export type OidcForm = {
  label: string;
  issuer: string;
  clientId: string;
  /** Empty at a change: the secret stays. */
  secret: string;
  secretExpiresAt: Date | null;
  /** Words with spaces between them. */
  scopes: string;
  tokenAuth: OidcSettings['tokenAuth'];
  entraTenant: string;
  logout: boolean;
  trustsAddresses: boolean;
} & DomainChoice;

/**
 * Creates an OpenID Connect connection with a given id, after fetching the provider's discovery
 * document. Fails at the field with `issuer-…`, `entra-tenant`, `entra-which`, `scope-openid`,
 * `date-past`, `trust-shared`, and as readDomains and createConnection do.
 */
export async function connectOidc(tenant: Tenant, id: string, form: OidcForm, cause: Cause) {
  const checked = await checkForm(form);
  if (!checked.ok) return checked;
  return createConnection(tenant, { ...checked.values, id, protocol: 'oidc', secret: form.secret }, cause);
}

/** Changes an OpenID Connect connection. Fails as connectOidc and updateConnection do. */
export async function changeOidc(tenant: Tenant, id: string, form: OidcForm, cause: Cause, version?: string) {
  const known = await findConnection(tenant, id);
  if (known?.protocol !== 'oidc') return failure('not-found');
  const conflict = conflictWith(savedConnection(known), version);
  if (conflict) return conflict;
  const checked = await checkForm(form);
  if (!checked.ok) return checked;
  const change = { ...checked.values, ...(form.secret ? { secret: form.secret } : {}) };
  return updateConnection(tenant, id, change, cause, version);
}

async function checkForm(form: OidcForm) {
  const { label, clientId, secretExpiresAt, tokenAuth, logout, trustsAddresses, createUsers, createRole } = form;
  const { issuer, configurationQuery } = readIssuer(form.issuer);
  const scopes = [...new Set(form.scopes.split(/[\s,]+/).filter(Boolean))];
  const entraTenant = form.entraTenant.toLowerCase() || null;
  const isHttps = issuer.startsWith('https:');
  if (!isFetchable(issuer))
    return isHttps ? failure('issuer-private', { field: 'issuer' }) : failure('issuer-https', { field: 'issuer' });
  if (entraTenant && !GUID.test(entraTenant)) return failure('entra-tenant', { field: 'entraTenant' });
  if (!entraTenant && (isTemplate(issuer) || (isEntra(issuer, null) && isAnyDirectory(issuer))))
    return failure('entra-which', { field: 'entraTenant' });
  if (!scopes.includes('openid')) return failure('scope-openid', { field: 'scopes' });
  if (secretExpiresAt && secretExpiresAt.getTime() < Date.now()) return failure('date-past', { field: 'ends' });
  const wanted = readDomains(form, trustsAddresses);
  if (!wanted.ok) return wanted;
  const settings = { clientId, scopes, tokenAuth, entraTenant, logout, trustsAddresses, configurationQuery };
  if (trustsAddresses && isShared(issuerOf({ issuer, settings })))
    return failure('trust-shared', { field: 'trustsAddresses' });
  const found = await discover({ issuer, settings }, { fresh: true });
  if (!found.ok) return discoveryFailure(found);
  const { domains: emailDomains } = wanted;
  return {
    ok: true,
    values: { label, issuer, settings, secretExpiresAt, createUsers, createRole, emailDomains },
  } as const;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Returns the issuer of what was entered, which may be its document's address; a query there
 * belongs to the document.
 */
function readIssuer(text: string) {
  const [address = '', query] = text.split('#', 1)[0]?.split(/\?(.*)/s) ?? [];
  const issuer = address.replace(/\/\.well-known\/openid-configuration\/?$/, '');
  return { issuer, configurationQuery: query || undefined };
}

/** Returns why the provider could not be asked, at the field of the form. */
function discoveryFailure({ reason, received }: { reason: string; received: Record<string, string> }) {
  const at = { field: 'issuer', theirs: received.issuer ?? '', address: received.address ?? '' } as const;
  if (reason === 'discovery-issuer' && isTemplate(at.theirs)) return failure('entra-which', { field: 'entraTenant' });
  if (reason === 'discovery-issuer') return failure('issuer-name', at);
  if (reason === 'discovery' && received.field && received.field !== 'JSON')
    return failure('issuer-field', { field: 'issuer', name: received.field });
  if (reason === 'address-refused') return failure('issuer-private', at);
  if (reason === 'provider-slow') return failure('issuer-slow', at);
  if (reason === 'provider-unreachable') return failure('issuer-unreachable', at);
  return failure('issuer-nothing', at);
}
