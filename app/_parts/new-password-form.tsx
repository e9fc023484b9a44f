import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SubmitButton } from '@/components/forms/submit-button';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';

type Props = {
  action: FormAction;
  /** The link or sign-in attempt that the form belongs to. */
  as: string;
  minLength: number;
  /** Words that make a password weak: names of the user and the tenant. */
  context: string[];
  /** Another step follows. */
  goesOn?: boolean;
};

/**
 * Chooses a password before signing in: by a link, an invitation, or after a temporary password.
 */
export async function NewPasswordForm({ action, as, minLength, context, goesOn = false }: Props) {
  const t = await getTranslations('newPassword');
  return (
    <ActionForm action={action} hidden={{ as }}>
      <NewPasswordField
        name="password"
        label={t('password')}
        hint={t('rule', { count: minLength })}
        minLength={minLength}
        context={context}
        required
        autoFocus
      />
      <PasswordField name="repeat" label={t('repeat')} autoComplete="new-password" required />
      <SubmitButton pending={t('submitting')} full>
        {t(goesOn ? 'submit' : 'save')}
      </SubmitButton>
    </ActionForm>
  );
}
