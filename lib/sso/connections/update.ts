import { and, eq, sql } from 'drizzle-orm';
import { type Tx, withTenant } from '@/db';
import { ssoConnections, ssoLinks } from '@/db/schema/sso';
import type { ConnectionSettings } from '@/db/schema/sso-settings';
import { changesIn } from '@/lib/audit/changes';
import { type Cause, record } from '@/lib/audit/record';
import { conflictWith } from '@/lib/forms/version';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import { connectionChanges, hasNewCertificate } from '@/lib/sso/connections/audit-detail';
import type { NewConnection } from '@/lib/sso/connections/change';
import { isConnection, savedConnection, sealSecret } from '@/lib/sso/connections/connections';
import { notifyOfCertificate } from '@/lib/sso/connections/expiry';
import { lockPolicy, updatePasswordHidden } from '@/lib/sso/connections/hidden-passwords';
import type { Tenant } from '@/lib/tenants/tenants';
import { checkTitle } from '@/lib/users/form';

type ConnectionChange = Partial<Omit<NewConnection, 'id' | 'protocol' | 'settings'>> & {
  settings?: ConnectionSettings;
};

/**
 * What a change takes away: `draft` everything, since it is another provider; `untested` its test.
 */
type ChangeEffect = 'draft' | 'untested' | undefined;

type ConnectionRow = typeof ssoConnections.$inferSelect;

/**
 * Changes a connection; a secret that is not given stays. Another issuer, client or sign-in address
 * makes it a draft without links. A new signing certificate must be tested before it signs users
 * in, and the administrators are notified. Fails with `not-found`, `taken`, and as checkTitle does.
 */
export async function updateConnection(
  tenant: Tenant,
  idText: string,
  change: ConnectionChange,
  cause: Cause,
  version?: string,
) {
  const id = readId(idText);
  if (!id) return failure('not-found');
  const misnamed = change.label && checkTitle(change.label, 'label');
  if (misnamed) return misnamed;
  return withTenant(tenant.id, async (tx) => {
    await lockPolicy(tx, tenant.id);
    const [row] = await tx.select().from(ssoConnections).where(isConnection(tenant.id, id)).for('update');
    if (!row) return failure('not-found');
    const conflict = conflictWith(savedConnection(row), version);
    if (conflict) return conflict;
    if (await isIssuerTaken(tx, row, change.issuer)) return failure('taken', { field: 'issuer' });
    const effect = effectOf(row, change);
    await saveChange(tx, row, change, effect);
    if (effect) await updatePasswordHidden(tx, tenant.id);
    if (effect === 'untested') await notifyOfCertificate(tx, tenant.id, id, change.label ?? row.label, cause);
    record(tx, tenant.id, cause, 'sso_connection_update', { detail: detailOf(row, change, effect) });
    return { ok: true } as const;
  });
}

/** Returns whether another SAML connection of the tenant has the new issuer. */
async function isIssuerTaken(tx: Tx, { tenantId, protocol, issuer }: ConnectionRow, newIssuer = issuer) {
  if (protocol !== 'saml' || newIssuer === issuer) return false;
  const same = and(
    eq(ssoConnections.tenantId, tenantId),
    eq(ssoConnections.protocol, 'saml'),
    eq(ssoConnections.issuer, newIssuer),
  );
  return (await tx.$count(ssoConnections, same)) > 0;
}

function effectOf(
  row: ConnectionRow,
  { issuer = row.issuer, settings = row.settings }: ConnectionChange,
): ChangeEffect {
  if (issuer !== row.issuer || clientKey(settings) !== clientKey(row.settings)) return 'draft';
  return hasNewCertificate(row.settings, settings) ? 'untested' : undefined;
}

/** Returns what identifies a provider besides its issuer. */
function clientKey(settings: ConnectionSettings) {
  return 'clientId' in settings ? `${settings.clientId} ${settings.entraTenant ?? ''}` : settings.signOnUrl;
}

async function saveChange(tx: Tx, row: ConnectionRow, { secret, ...values }: ConnectionChange, effect: ChangeEffect) {
  const { tenantId, id } = row;
  await tx
    .update(ssoConnections)
    .set({
      ...values,
      ...(secret === undefined ? {} : { sealedSecret: sealSecret(tenantId, id, secret) }),
      ...(effect ? { testedAt: null } : {}),
      ...(effect === 'draft' ? { state: 'draft', administratorAt: null } : {}),
      ...(effect === 'untested' && row.state !== 'draft' ? { state: 'tested' } : {}),
      updatedAt: sql`now()`,
    })
    .where(isConnection(tenantId, id));
  if (effect !== 'draft') return;
  await tx.delete(ssoLinks).where(and(eq(ssoLinks.tenantId, tenantId), eq(ssoLinks.connectionId, id)));
}

function detailOf(row: ConnectionRow, { secret, ...values }: ConnectionChange, effect: ChangeEffect) {
  const changes = connectionChanges(row, values);
  return {
    connection: row.id,
    changed: changesIn(changes)
      .map(({ name }) => name)
      .join(' '),
    draft: effect === 'draft',
    ...(effect === 'untested' ? { untested: true } : {}),
    ...(secret === undefined ? {} : { secret: 'changed' }),
    ...changes,
  };
}
