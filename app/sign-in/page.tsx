import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { Alert } from '@/components/ui/alert';
import { anyone } from '@/lib/request/current';
import { safePath } from '@/lib/request/return-to';
import { offeredConnections } from '@/lib/sso/connections';
import { SignInForm } from './form';
import { Offered } from './offered';
import { StillSignedIn } from './still-signed-in';
import { signInWords, whyHere } from './words';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('signIn');
  return { title: t('title') };
}

export default async function SignInPage({ searchParams }: Props) {
  const { tenant, policy, viewer } = await anyone();
  const { reason, sso, return_to: asked } = await searchParams;
  const returnTo = typeof asked === 'string' ? asked : '';
  const [t, why] = await Promise.all([getTranslations('signIn'), whyHere(tenant, reason, sso)]);
  if (viewer && why?.tone !== 'danger') redirect(safePath(returnTo));
  const connections = viewer ? [] : await offeredConnections(tenant);
  return (
    <SignedOutFrame tenantName={tenant.name} title={t('title')} languageAction={chooseLanguage}>
      {viewer && why ? (
        <StillSignedIn why={why} user={viewer.user} />
      ) : policy.passwordHidden ? (
        why && <Alert tone={why.tone}>{why.text}</Alert>
      ) : (
        <SignInForm words={await signInWords()} why={why} returnTo={returnTo} />
      )}
      <Offered connections={connections} returnTo={returnTo} alone={policy.passwordHidden} />
    </SignedOutFrame>
  );
}
