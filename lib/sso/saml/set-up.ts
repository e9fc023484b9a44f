import type { SamlSettings } from '@/db/schema/sso-settings';
import type { Cause } from '@/lib/audit/record';
import { conflictWith } from '@/lib/forms/version';
import { failure } from '@/lib/result';
import { createConnection } from '@/lib/sso/connections/change';
import { findConnection, savedConnection } from '@/lib/sso/connections/connections';
import { type DomainChoice, readDomains } from '@/lib/sso/connections/email-domains';
import { updateConnection } from '@/lib/sso/connections/update';
import { newSamlKeys } from '@/lib/sso/saml/keys';
import {
  fetchMetadata,
  LARGEST_METADATA,
  mergeCertificates,
  type ProviderMetadata,
  readMetadata,
} from '@/lib/sso/saml/metadata';
import type { Tenant } from '@/lib/tenants/tenants';

export type SamlForm = {
  label: string;
  /** Where the metadata is read from; `keep` leaves it unchanged. */
  source: 'keep' | 'url' | 'file' | 'text';
  metadataUrl: string;
  metadataFile?: File;
  metadata: string;
  emailAttribute: string;
  responseSigned: boolean;
  idpInitiated: boolean;
  logout: boolean;
} & DomainChoice;

/**
 * Creates a SAML connection with a given id and new keys. Fails at the field of the metadata as
 * readMetadata and fetchMetadata do, with `metadata-missing`, or `entity-taken` if another
 * connection has this provider; and as readDomains and createConnection do.
 */
export async function connectSaml(tenant: Tenant, id: string, form: SamlForm, cause: Cause, now = new Date()) {
  const wanted = readDomains(form);
  if (!wanted.ok) return wanted;
  const read = await metadataOf(form, now);
  if (!read.ok) return read;
  const { privateKey, certificate } = await newSamlKeys(now);
  const { label, createUsers, createRole } = form;
  const { entityId, ...theirs } = read.metadata;
  const settings: SamlSettings = {
    ...chosenSettings(form),
    ...theirs,
    ...metadataOrigin(form, now),
    ourCertificate: certificate,
  };
  const result = await createConnection(
    tenant,
    {
      id,
      protocol: 'saml',
      label,
      issuer: entityId,
      settings,
      secret: privateKey,
      secretExpiresAt: null,
      createUsers,
      createRole,
      emailDomains: wanted.domains,
    },
    cause,
  );
  return atField(result, form);
}

/**
 * Changes a SAML connection. Replaced certificates of the same provider stay valid for a day. Fails
 * as connectSaml and updateConnection do.
 */
export async function changeSaml(
  tenant: Tenant,
  id: string,
  form: SamlForm,
  cause: Cause,
  { version, now = new Date() }: { version?: string; now?: Date } = {},
) {
  const known = await findConnection(tenant, id);
  if (known?.protocol !== 'saml') return failure('not-found');
  const conflict = conflictWith(savedConnection(known), version);
  if (conflict) return conflict;
  const wanted = readDomains(form);
  if (!wanted.ok) return wanted;
  const { label, createUsers, createRole } = form;
  const change = { label, createUsers, createRole, emailDomains: wanted.domains };
  if (form.source === 'keep')
    return updateConnection(
      tenant,
      id,
      { ...change, settings: { ...known.settings, ...chosenSettings(form) } },
      cause,
      version,
    );
  const read = await metadataOf(form, now);
  if (!read.ok) return read;
  const { entityId, certificates, ...theirs } = read.metadata;
  const isSame = entityId === known.issuer;
  const settings: SamlSettings = {
    ...known.settings,
    ...chosenSettings(form),
    ...theirs,
    ...metadataOrigin(form, now),
    certificates: isSame ? mergeCertificates(known.settings.certificates, certificates, now) : certificates,
  };
  return atField(await updateConnection(tenant, id, { ...change, issuer: entityId, settings }, cause, version), form);
}

const FIELD = { url: 'metadataUrl', file: 'metadataFile', text: 'metadata' } as const;

async function metadataOf(form: SamlForm, now: Date): Promise<ReadMetadata> {
  if (form.source === 'keep') throw new Error('nothing to read');
  const field = FIELD[form.source];
  const given = form[field];
  if (!given || (typeof given === 'string' && !given.trim())) return failure('metadata-missing', { field });
  if (typeof given !== 'string' && given.size > LARGEST_METADATA) return failure('metadata-large', { field });
  const read =
    typeof given !== 'string'
      ? readMetadata(Buffer.from(await given.arrayBuffer()), now)
      : form.source === 'url'
        ? await fetchMetadata(given.trim(), now)
        : readMetadata(given, now);
  return read.ok ? read : { ...read, field };
}

type ReadMetadata = { ok: true; metadata: ProviderMetadata } | { ok: false; error: string; field: string };

function chosenSettings({ emailAttribute, responseSigned, idpInitiated, logout }: SamlForm) {
  return { emailAttribute: emailAttribute || null, responseSigned, idpInitiated, logout };
}

/** Returns where the metadata came from; only an address is fetched again. */
function metadataOrigin({ source, metadataUrl }: SamlForm, now: Date) {
  return {
    metadataUrl: source === 'url' ? metadataUrl : null,
    metadataFetchedAt: now.toISOString(),
    metadataError: null,
  };
}

/** Moves the failure of a duplicate entity ID to the field that the metadata came from. */
function atField<Result extends { ok: boolean }>(result: Result, { source }: SamlForm) {
  const isTaken = 'error' in result && result.error === 'taken';
  return isTaken && source !== 'keep' ? failure('entity-taken', { field: FIELD[source] }) : result;
}
