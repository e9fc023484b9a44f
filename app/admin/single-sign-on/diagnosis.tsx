import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import type { Reason } from '@/lib/sso/answer';
import { ourAddresses, signInAddress } from '@/lib/sso/connections/addresses';
import type { Connection } from '@/lib/sso/connections/connections';
import { type ComparedValue, DIAGNOSES, sideOf, wordsFor } from '@/lib/sso/sign-in/diagnosis';
import type { Tenant } from '@/lib/tenants/tenants';
import { CopyList } from './copy-list';

type Props = {
  reason: Reason;
  connection: Connection | undefined;
  tenant: Tenant;
  received: Record<string, string>;
};

/** Explains a refusal: what was found, what to change and where, and what to compare. */
export async function Diagnosis({ reason, connection, tenant, received }: Props) {
  const [t, reasons, checks] = await Promise.all([
    getTranslations('singleSignOn'),
    getTranslations('ssoReasons'),
    getTranslations('ssoChecks'),
  ]);
  const { check, compare = [] } = DIAGNOSES[reason];
  const protocol = connection?.protocol ?? 'oidc';
  const words = wordsFor(connection, received);
  const ours = compare.flatMap((name) => {
    const value = oursOf(name, connection, tenant);
    return value ? [{ term: t(`our.${name}`), value }] : [];
  });
  return (
    <Card title={reasons(`${reason}.title`)}>
      <div className="stack">
        <div>
          <h3 className="font-semibold">{t('whatHappened')}</h3>
          <p>{reasons(`${reason}.found`, words)}</p>
          {check ? <p className="muted mt-1 text-sm">{t('failedCheck', { check: checks(`${check}.title`) })}</p> : null}
        </div>
        <div>
          <div className="row">
            <h3 className="font-semibold">{t('whatToChange')}</h3>
            <Badge tone="info">{t(`side.${sideOf(reason, protocol, received)}`)}</Badge>
          </div>
          <p className="mt-1">{reasons(`${reason}.mend`, words)}</p>
        </div>
        {ours.length > 0 ? (
          <div>
            <h3 className="mb-2 font-semibold">{t('compare')}</h3>
            <CopyList items={ours} />
          </div>
        ) : null}
      </div>
    </Card>
  );
}

function oursOf(name: ComparedValue, connection: Connection | undefined, tenant: Tenant): string | undefined {
  if (name === 'signIn') return signInAddress(tenant);
  if (!connection) return undefined;
  if (name === 'issuer') return connection.issuer;
  if (name === 'clientId') return connection.protocol === 'oidc' ? connection.settings.clientId : undefined;
  const addresses: Record<string, string> = ourAddresses(tenant, connection.protocol, connection.id);
  return addresses[name];
}
