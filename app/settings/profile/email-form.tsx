import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { getTranslations } from '@/lib/request/translations';
import { changeEmail } from './actions';

export async function EmailForm({ user, pending }: Pick<PortalVisit, 'user'> & { pending: string | undefined }) {
  const t = await getTranslations('profile');
  return (
    <div className="stack">
      <p>{user.email ? t('emailNow', { email: user.email }) : t('emailNone')}</p>
      {pending ? <Alert tone="info">{t('emailPending', { email: pending })}</Alert> : null}
      <ActionForm action={changeEmail} hidden={{ as: user.id }}>
        <Field name="email" type="email" label={t('newEmail')} autoComplete="email" maxLength={254} required />
        <PasswordField
          name="password"
          label={t('password')}
          hint={t('passwordHint')}
          autoComplete="current-password"
          required
        />
        <SubmitButton pending={t('sending')}>{t('sendLink')}</SubmitButton>
      </ActionForm>
    </div>
  );
}
