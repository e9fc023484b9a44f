import type { PortalVisit } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/card';
import { listEmergencyAccounts } from '@/lib/passwords/emergency';
import { getTranslations } from '@/lib/request/translations';
import { emergencyAddress } from '@/lib/sso/connections/addresses';
import { CopyList } from '../copy-list';
import { Mark } from '../mark';

export async function EmergencyAccounts({ visit }: { visit: PortalVisit }) {
  const t = await getTranslations('singleSignOn');
  const accounts = await listEmergencyAccounts(visit.tenant);
  return (
    <Card title={t('emergency')} description={t('emergencyWhat')}>
      <div className="stack">
        {accounts.length > 0 ? (
          <ul className="stack-tight">
            {accounts.map((account) => (
              <Mark key={account.id} ok={account.works}>
                <a className="link" href={`/admin/users/${account.id}`}>
                  {account.name}
                </a>{' '}
                <span className="muted">{t(`lacks.${lackOf(account)}`)}</span>
              </Mark>
            ))}
          </ul>
        ) : (
          <Alert tone="info" title={t('noEmergency')}>
            <p>{t('noEmergencyWhat')}</p>
          </Alert>
        )}
        <p>
          <a className="link" href="/admin/users">
            {t('toUsers')}
          </a>
        </p>
        <CopyList items={[{ term: t('emergencyAddress'), value: emergencyAddress(visit.tenant) }]} />
      </div>
    </Card>
  );
}

type EmergencyAccount = Awaited<ReturnType<typeof listEmergencyAccounts>>[number];

function lackOf({ active, hasPassword, hasSecondFactor }: EmergencyAccount) {
  if (!active) return 'active';
  if (!hasPassword) return 'password';
  return hasSecondFactor ? 'nothing' : 'secondFactor';
}
