import { notFound } from 'next/navigation';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findConnection } from '@/lib/sso/connections/connections';
import { OidcForm } from '../../oidc-form';
import { SamlForm } from '../../saml-form';
import { Step } from '../../step';
import { saveOidc, saveSaml } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('editTitle') };
}

export default async function EditConnectionPage({ params }: { params: Promise<{ id: string }> }) {
  const visit = await requireUser('single-sign-on');
  const connection = await findConnection(visit.tenant, (await params).id);
  if (!connection) notFound();
  const t = await getTranslations('singleSignOn');
  const hidden = { as: visit.user.id, connection: connection.id };
  return (
    <Step
      visit={visit}
      title={t('editTitle')}
      lead={t('editLead')}
      back={{ href: `/admin/single-sign-on/${connection.id}`, label: connection.label }}
    >
      {connection.protocol === 'oidc' ? (
        <OidcForm action={saveOidc} hidden={hidden} connection={connection} />
      ) : (
        <SamlForm action={saveSaml} hidden={hidden} connection={connection} />
      )}
    </Step>
  );
}
