import { redirect } from 'next/navigation';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { EmergencyForm } from './form';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('emergency');
  return { title: t('title') };
}

/** Where emergency accounts sign in while passwords are hidden: no page leads here. */
export default async function EmergencyPage() {
  const { tenant, policy, viewer } = await anyone();
  if (viewer || !policy.passwordHidden) redirect('/sign-in');
  const t = await getTranslations('emergency');
  return (
    <SignedOutFrame
      tenantName={tenant.name}
      title={t('title')}
      lead={t('lead')}
      languageAction={chooseLanguage}
      footer={
        <a className="link" href="/sign-in">
          {t('back')}
        </a>
      }
    >
      <EmergencyForm />
    </SignedOutFrame>
  );
}
