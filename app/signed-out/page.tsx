import { redirect } from 'next/navigation';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { Alert } from '@/components/ui/alert';
import { LinkButton } from '@/components/ui/link-button';
import { anyone } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('signedOut');
  return { title: t('title') };
}

/** Shown after a sign-out if the session used an identity provider, which may still have one. */
export default async function SignedOutPage({ searchParams }: Props) {
  const { tenant, viewer } = await anyone();
  if (viewer) redirect('/home');
  const { t: ticket } = await searchParams;
  const t = await getTranslations('signedOut');
  return (
    <SignedOutFrame tenantName={tenant.name} title={t('title')} languageAction={chooseLanguage}>
      <div className="stack">
        <Alert tone="success">{t('done')}</Alert>
        <p>{t('provider')}</p>
        {typeof ticket === 'string' && ticket ? (
          <LinkButton href={`/signed-out/company?t=${encodeURIComponent(ticket)}`} tone="primary" full>
            {t('company')}
          </LinkButton>
        ) : null}
        <LinkButton href="/sign-in" full>
          {t('again')}
        </LinkButton>
      </div>
    </SignedOutFrame>
  );
}
