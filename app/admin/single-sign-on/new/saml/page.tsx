import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { OurAddresses } from '../../our-addresses';
import { SamlForm } from '../../saml-form';
import { Step } from '../../step';
import { requireNewId } from '../require-new-id';
import { connect } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('newSaml') };
}

type Query = { id?: string | string[] };

export default async function NewSamlPage({ searchParams }: { searchParams: Promise<Query> }) {
  const visit = await requireUser('single-sign-on');
  const id = requireNewId('saml', (await searchParams).id);
  const t = await getTranslations('singleSignOn');
  return (
    <Step
      visit={visit}
      title={t('newSaml')}
      lead={t('newSamlLead')}
      back={{ href: '/admin/single-sign-on/new', label: t('new') }}
    >
      <OurAddresses tenant={visit.tenant} protocol="saml" id={id} saved={false} />
      <SamlForm action={connect} hidden={{ as: visit.user.id, connection: id }} />
    </Step>
  );
}
