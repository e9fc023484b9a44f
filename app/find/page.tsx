import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { anyoneAtRoot } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { AccountForm, UsernameForm } from './form';

export async function generateMetadata() {
  await anyoneAtRoot();
  const t = await getTranslations('find');
  return { title: t('title') };
}

export default async function FindPage() {
  await anyoneAtRoot();
  const t = await getTranslations('find');
  return (
    <SignedOutFrame
      tenantName={null}
      title={t('title')}
      lead={t('lead')}
      languageAction={chooseLanguage}
      footer={<p className="muted">{t('unknown')}</p>}
    >
      <section className="stack">
        <h2>{t('byAccount')}</h2>
        <AccountForm />
      </section>
      <hr className="divider my-6" />
      <section className="stack">
        <h2>{t('byUsername')}</h2>
        <UsernameForm />
      </section>
    </SignedOutFrame>
  );
}
