import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { anyone } from '@/lib/request/current';
import { safePath } from '@/lib/request/return-to';
import { SignInForm } from './form';
import { signInWords, whyHere } from './words';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('signIn');
  return { title: t('title') };
}

export default async function SignInPage({ searchParams }: Props) {
  const { tenant, viewer } = await anyone();
  const { reason, return_to: asked } = await searchParams;
  const returnTo = typeof asked === 'string' ? asked : '';
  if (viewer) redirect(safePath(returnTo));
  const t = await getTranslations('signIn');
  return (
    <SignedOutFrame tenantName={tenant.name} title={t('title')} languageAction={chooseLanguage}>
      <SignInForm words={await signInWords()} why={await whyHere(reason)} returnTo={returnTo} />
    </SignedOutFrame>
  );
}
