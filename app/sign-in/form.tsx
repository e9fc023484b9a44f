import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import { signIn } from './actions';
import { BeforeAnswer } from './before-answer';

/** Why a person is here who did not ask to be; other words in the address say nothing. */
const REASONS = {
  idle: 'info',
  absolute: 'info',
  ended: 'info',
  'second-factor': 'info',
  expired: 'warning',
  'signed-out': 'success',
  'password-changed': 'success',
} as const;

export async function SignInForm({ reason, returnTo }: { reason: unknown; returnTo: string }) {
  const t = await getTranslations('signIn');
  return (
    <ActionForm action={signIn} hidden={{ return_to: returnTo }}>
      {isReason(reason) ? (
        <BeforeAnswer>
          <Alert tone={REASONS[reason]}>{t(`reason.${reason}`)}</Alert>
        </BeforeAnswer>
      ) : null}
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

function isReason(reason: unknown): reason is keyof typeof REASONS {
  return typeof reason === 'string' && Object.hasOwn(REASONS, reason);
}
