import { NewPasswordForm } from '@/app/_parts/new-password-form';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { LinkButton } from '@/components/ui/link-button';
import { requireInvitation } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { choosePassword } from './actions';
import { SlipForm } from './form';

export async function generateMetadata() {
  const { invitation, isDead } = await requireInvitation();
  const t = await getTranslations('welcome');
  return { title: t(invitation ? 'title' : isDead ? 'deadTitle' : 'codeTitle') };
}

/** Where an invitation leads, and where the code of a printed slip is typed. */
export default async function WelcomePage() {
  const { tenant, policy, invitation, isDead, as } = await requireInvitation();
  const t = await getTranslations('welcome');
  const frame = { tenantName: tenant.name, languageAction: chooseLanguage };
  if (!invitation) {
    return (
      <SignedOutFrame
        {...frame}
        title={t(isDead ? 'deadTitle' : 'codeTitle')}
        lead={t(isDead ? 'dead' : 'codeLead')}
        footer={<BackToSignIn />}
      >
        <SlipForm />
      </SignedOutFrame>
    );
  }
  const words = { firstName: invitation.firstName, tenant: tenant.name };
  if (invitation.hidden) {
    return (
      <SignedOutFrame {...frame} title={t('title')} lead={t('hiddenLead', words)}>
        <LinkButton href="/sign-in" tone="primary" full>
          {t('toSignIn')}
        </LinkButton>
      </SignedOutFrame>
    );
  }
  const { username, extension } = invitation;
  return (
    <SignedOutFrame {...frame} title={t('title')} lead={t('lead', words)}>
      <dl className="mb-4">
        <dt className="muted text-sm">{t('yours')}</dt>
        <dd className="font-semibold break-all">{extension ? t('orExtension', { username, extension }) : username}</dd>
      </dl>
      <NewPasswordForm
        action={choosePassword}
        as={as}
        minLength={policy.passwordMinLength}
        context={[tenant.accountId, tenant.name, invitation.firstName, username]}
      />
    </SignedOutFrame>
  );
}

async function BackToSignIn() {
  const t = await getTranslations('welcome');
  return (
    <a className="link" href="/sign-in">
      {t('back')}
    </a>
  );
}
