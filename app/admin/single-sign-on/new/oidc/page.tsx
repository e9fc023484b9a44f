import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { EmailAdvice } from '../../email-advice';
import { OidcForm } from '../../oidc-form';
import { OurAddresses } from '../../our-addresses';
import { Step } from '../../step';
import { requireNewId } from '../require-new-id';
import { connect } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('newOidc') };
}

type Query = { id?: string | string[] };

export default async function NewOidcPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('single-sign-on');
  const id = requireNewId('oidc', (await searchParams).id);
  const t = await getTranslations('singleSignOn');
  return (
    <Step
      visit={visit}
      title={t('newOidc')}
      lead={t('newOidcLead')}
      back={{ href: '/admin/single-sign-on/new', label: t('new') }}
    >
      <OurAddresses tenant={visit.tenant} protocol="oidc" id={id} saved={false} />
      <EmailAdvice />
      <OidcForm action={connect} hidden={{ as: visit.user.id, connection: id }} />
    </Step>
  );
}
