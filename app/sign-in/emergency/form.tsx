import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { getTranslations } from '@/lib/request/translations';
import { signInInEmergency } from './actions';

export async function EmergencyForm() {
  const t = await getTranslations('signIn');
  return (
    <ActionForm action={signInInEmergency}>
      <Field
        name="username"
        label={t('username')}
        hint={t('usernameHint')}
        autoComplete="username"
        maxLength={320}
        required
        autoFocus
      />
      <PasswordField
        name="password"
        label={t('password')}
        autoComplete="current-password"
        required
        below={
          <p>
            <a className="link text-sm" href="/forgot-password">
              {t('forgot')}
            </a>
          </p>
        }
      />
      <SubmitButton pending={t('submitting')} full>
        {t('submit')}
      </SubmitButton>
    </ActionForm>
  );
}
