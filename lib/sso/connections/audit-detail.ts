import type { ssoConnections } from '@/db/schema/sso';
import type { ConnectionSettings } from '@/db/schema/sso-settings';
import { changesBetween } from '@/lib/audit/changes';

type ConnectionValues = Partial<typeof ssoConnections.$inferSelect> & { emailDomains?: string[] };

/**
 * Returns what a change of a connection replaces, for the audit trail: certificates by their
 * fingerprints, never a secret.
 */
export function connectionChanges(before: ConnectionValues, after: ConnectionValues) {
  return changesBetween(shownValues(before), shownValues({ ...before, ...after }));
}

/**
 * Returns whether a change brings a signing certificate of the provider that the connection did not
 * have.
 */
export function hasNewCertificate(before: ConnectionSettings, after: ConnectionSettings) {
  const known = fingerprints(before);
  return fingerprints(after).some((fingerprint) => !known.includes(fingerprint));
}

function shownValues({
  label,
  issuer,
  createUsers,
  createRole,
  secretExpiresAt,
  emailDomains,
  settings,
}: ConnectionValues) {
  return {
    label,
    issuer,
    createUsers,
    createRole,
    secretExpiresAt,
    emailDomains,
    ...(settings && shownSettings(settings)),
  };
}

function shownSettings(settings: ConnectionSettings) {
  if (!('certificates' in settings)) return { ...settings };
  const { metadataFetchedAt: _at, metadataError: _error, metadataErrorDetail: _detail, ...rest } = settings;
  return { ...rest, certificates: fingerprints(settings), ourCertificate: settings.ourCertificate.fingerprint };
}

/** Certificates that the provider still lists. */
function fingerprints(settings: ConnectionSettings) {
  if (!('certificates' in settings)) return [];
  return settings.certificates.filter(({ goneSince }) => !goneSince).map(({ fingerprint }) => fingerprint);
}
