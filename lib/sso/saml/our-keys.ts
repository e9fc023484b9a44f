import { sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import { ssoConnections } from '@/db/schema/sso';
import type { SamlSettings } from '@/db/schema/sso-settings';
import { type Cause, record } from '@/lib/audit/record';
import { seal, unseal } from '@/lib/crypto';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import { isConnection, secretContext } from '@/lib/sso/connections/connections';
import { newSamlKeys } from '@/lib/sso/saml/keys';
import { otherKeyContext } from '@/lib/sso/saml/party';
import type { Tenant } from '@/lib/tenants/tenants';

/**
 * Makes the next pair of our keys and publishes its certificate in our metadata. The current pair
 * stays in use until `startNextKeys`. Fails with `not-found`, or `keys-waiting` where a next pair
 * is published already.
 */
export async function prepareNextKeys(tenant: Tenant, id: string, cause: Cause, now = new Date()) {
  const { privateKey, certificate } = await newSamlKeys(now);
  return changeKeys(tenant, id, cause, 'keysPrepared', ({ settings }) => {
    if (settings.otherKeys?.use === 'next') return 'keys-waiting';
    const sealedOtherSecret = seal(privateKey, otherKeyContext(tenant.id, id));
    return { settings: { ...settings, otherKeys: { use: 'next', certificate } }, sealedOtherSecret };
  });
}

/**
 * Signs with the published pair from now on; the previous one still decrypts. Fails with
 * `not-found`, or `keys-missing`.
 */
export async function startNextKeys(tenant: Tenant, id: string, cause: Cause) {
  return changeKeys(tenant, id, cause, 'keysStarted', ({ settings, sealedSecret, sealedOtherSecret }) => {
    const { ourCertificate, otherKeys } = settings;
    if (otherKeys?.use !== 'next' || !sealedSecret || !sealedOtherSecret) return 'keys-missing';
    const [current, next] = [secretContext(tenant.id, id), otherKeyContext(tenant.id, id)];
    return {
      settings: {
        ...settings,
        ourCertificate: otherKeys.certificate,
        otherKeys: { use: 'previous', certificate: ourCertificate },
      },
      sealedSecret: seal(unseal(sealedOtherSecret, next), current),
      sealedOtherSecret: seal(unseal(sealedSecret, current), next),
    };
  });
}

/** Removes a published pair that is not used yet. Fails with `not-found`, or `keys-missing`. */
export async function discardNextKeys(tenant: Tenant, id: string, cause: Cause) {
  return changeKeys(tenant, id, cause, 'keysDiscarded', ({ settings }) =>
    settings.otherKeys?.use === 'next'
      ? { settings: { ...settings, otherKeys: null }, sealedOtherSecret: null }
      : 'keys-missing',
  );
}

type ConnectionKeys = { settings: SamlSettings; sealedSecret: string | null; sealedOtherSecret: string | null };

/**
 * Changes our keys in one transaction with its audit event, which names the certificates before and
 * after.
 */
async function changeKeys(
  tenant: Tenant,
  id: string,
  cause: Cause,
  by: 'keysPrepared' | 'keysStarted' | 'keysDiscarded',
  change: (keys: ConnectionKeys) => Partial<ConnectionKeys> | 'keys-waiting' | 'keys-missing',
) {
  if (!readId(id)) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const [row] = await tx.select().from(ssoConnections).where(isConnection(tenant.id, id)).for('update');
    if (row?.protocol !== 'saml') return failure('not-found');
    const settings = row.settings as SamlSettings;
    const next = change({ ...row, settings });
    if (next === 'keys-waiting') return failure('keys-waiting');
    if (next === 'keys-missing') return failure('keys-missing');
    await tx
      .update(ssoConnections)
      .set({ ...next, updatedAt: sql`now()` })
      .where(isConnection(tenant.id, id));
    const shown = ({ ourCertificate, otherKeys }: SamlSettings) => ({
      certificate: ourCertificate.fingerprint,
      other: otherKeys ? `${otherKeys.use} ${otherKeys.certificate.fingerprint}` : '',
    });
    const [from, to] = [shown(settings), shown(next.settings ?? settings)];
    const detail = {
      connection: id,
      by,
      before: `${from.certificate} ${from.other}`,
      after: `${to.certificate} ${to.other}`,
    };
    record(tx, tenant.id, cause, 'sso_connection_update', { detail });
    return { ok: true } as const;
  });
}
