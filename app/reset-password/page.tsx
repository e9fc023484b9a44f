import { NewPasswordForm } from '@/app/_parts/new-password-form';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { LinkButton } from '@/components/ui/link-button';
import { requireResetLink } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { resetPassword } from './actions';
import { TemporaryPasswordForm } from './form';

const TITLES = { link: 'title', temporary: 'temporaryTitle', dead: 'deadTitle' } as const;

export async function generateMetadata() {
  const { reset } = await requireResetLink();
  const t = await getTranslations('reset');
  return { title: t(TITLES[reset?.style ?? 'dead']) };
}

export default async function ResetPasswordPage() {
  const { tenant, policy, reset, as } = await requireResetLink();
  const t = await getTranslations('reset');
  const frame = { tenantName: tenant.name, languageAction: chooseLanguage, title: t(TITLES[reset?.style ?? 'dead']) };
  if (!reset) {
    return (
      <SignedOutFrame {...frame} lead={t('dead')} footer={<BackToSignIn />}>
        <LinkButton href="/forgot-password" tone="primary" full>
          {t('askAgain')}
        </LinkButton>
      </SignedOutFrame>
    );
  }
  const hello = t('hello', { firstName: reset.firstName });
  return reset.style === 'link' ? (
    <SignedOutFrame {...frame} lead={`${hello} ${t('lead')}`}>
      <NewPasswordForm
        action={resetPassword}
        as={as}
        minLength={policy.passwordMinLength}
        context={[tenant.accountId, tenant.name, reset.firstName]}
      />
    </SignedOutFrame>
  ) : (
    <SignedOutFrame {...frame} lead={`${hello} ${t('temporaryLead')}`}>
      <TemporaryPasswordForm as={as} />
    </SignedOutFrame>
  );
}

async function BackToSignIn() {
  const t = await getTranslations('reset');
  return (
    <a className="link" href="/sign-in">
      {t('back')}
    </a>
  );
}
