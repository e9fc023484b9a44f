import { NewPasswordForm } from '@/app/_parts/new-password-form';
import { chooseLanguage } from '@/app/shell-actions';
import { SignedOutFrame } from '@/components/shell/signed-out-frame';
import { requireAttempt } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { submitNewPassword } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('newPassword');
  return { title: t('title') };
}

export default async function NewPasswordPage() {
  const { tenant, policy, attempt } = await requireAttempt('new-password');
  const t = await getTranslations('newPassword');
  return (
    <SignedOutFrame
      tenantName={tenant.name}
      title={t('title')}
      lead={t('hello', { firstName: attempt.firstName })}
      languageAction={chooseLanguage}
      footer={<p className="muted">{t('once')}</p>}
    >
      <NewPasswordForm
        action={submitNewPassword}
        as={attempt.id}
        minLength={policy.passwordMinLength}
        context={[tenant.accountId, tenant.name, attempt.firstName]}
        goesOn
      />
    </SignedOutFrame>
  );
}
