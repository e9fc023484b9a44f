import { redirect } from 'next/navigation';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { Alert } from '@/components/ui/alert';
import { IDLE } from '@/lib/forms/state';
import { anyone } from '@/lib/request/current';
import { refusedForm } from '@/lib/request/form-states';
import { firstPath } from '@/lib/request/return-to';
import { getTranslations } from '@/lib/request/translations';
import { listOfferedConnections } from '@/lib/sso/connections/connections';
import { BrandNote } from './brand-note';
import { SignInForm } from './form';
import { Offered } from './offered';
import { StillSignedIn } from './still-signed-in';
import { signInWords, type WhyHere, whyHere } from './words';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };
type Visit = Awaited<ReturnType<typeof anyone>>;

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('signIn');
  return { title: t('title') };
}

/** lib/request/sign-in-form.ts answers the form before Next does; it has no server action. */
export default async function SignInPage({ searchParams }: Props) {
  const visit = await anyone();
  const { reason, sso, return_to: asked } = await searchParams;
  const refused = await refusedForm();
  const returnTo = typeof asked === 'string' ? asked : '';
  const [t, why] = await Promise.all([getTranslations('signIn'), whyHere(visit.tenant, reason, sso)]);
  if (visit.viewer && !refused && why?.tone !== 'danger') redirect(firstPath(returnTo, visit.phone !== null));
  return (
    <SignedOutFrame
      tenantName={visit.tenant.name}
      title={t('title')}
      languageAction={chooseLanguage}
      footer={visit.brand && <BrandNote brand={visit.brand} />}
    >
      {visit.viewer && why && !refused ? (
        <StillSignedIn why={why} user={visit.viewer.user} />
      ) : (
        await ways(visit, why, returnTo, refused)
      )}
    </SignedOutFrame>
  );
}

/** The ways in. Without a connection the form alone, which has to be a light page. */
async function ways({ tenant, policy }: Visit, why: WhyHere | undefined, returnTo: string, state = IDLE) {
  const connections = await listOfferedConnections(tenant);
  const alone = policy.passwordHidden;
  const buttons = connections.length > 0 && <Offered connections={connections} returnTo={returnTo} alone={alone} />;
  const alert = why && <Alert tone={why.tone}>{why.text}</Alert>;
  if (alone) {
    return (
      <>
        {state.status === 'failed' ? <Alert tone="danger">{state.message}</Alert> : alert}
        {buttons}
      </>
    );
  }
  const form = <SignInForm state={state} words={await signInWords()} why={alert} />;
  if (!buttons) return form;
  return (
    <>
      {form}
      {buttons}
    </>
  );
}
