import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import { ourAddresses } from '@/lib/sso/connections/addresses';
import type { Tenant } from '@/lib/tenants/tenants';
import { CopyList } from './copy-list';

type Props = { tenant: Tenant; protocol: 'oidc' | 'saml'; id: string; saved: boolean };

type NamesOf<Addresses> = Addresses extends unknown ? keyof Addresses : never;
type Name = NamesOf<ReturnType<typeof ourAddresses>>;

/** Lists what the provider must know about us; known before the connection is saved. */
export async function OurAddresses({ tenant, protocol, id, saved }: Props) {
  const t = await getTranslations('singleSignOn');
  const addresses = Object.entries(ourAddresses(tenant, protocol, id));
  return (
    <Card title={t('ours')} description={t(`oursWhat.${protocol}`)}>
      <CopyList items={addresses.map(([name, value]) => ({ term: t(`our.${name as Name}`), value }))} />
      {protocol === 'saml' ? <p className="muted text-sm">{t(saved ? 'metadataReady' : 'metadataLater')}</p> : null}
    </Card>
  );
}
