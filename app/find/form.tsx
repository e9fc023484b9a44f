import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { Handoff } from '@/components/forms/handoff';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { getTranslations } from '@/lib/request/translations';
import { openAccount, signIn } from './actions';

export async function AccountForm() {
  const t = await getTranslations('find');
  return (
    <ActionForm action={openAccount}>
      <Field
        name="accountId"
        label={t('accountId')}
        hint={t('accountHint')}
        autoComplete="organization"
        maxLength={63}
        required
      />
      <SubmitButton pending={t('submitting')} full>
        {t('submit')}
      </SubmitButton>
    </ActionForm>
  );
}

export async function UsernameForm() {
  const t = await getTranslations('find');
  return (
    <ActionForm action={signIn} handoff={<Handoff />}>
      <Field
        name="username"
        label={t('username')}
        hint={t('usernameHint')}
        autoComplete="username"
        maxLength={320}
        required
      />
      <PasswordField
        name="password"
        label={t('password')}
        autoComplete="current-password"
        required
        below={<p className="muted text-sm">{t('forgot')}</p>}
      />
      <SubmitButton pending={t('signingIn')} full>
        {t('signIn')}
      </SubmitButton>
    </ActionForm>
  );
}
