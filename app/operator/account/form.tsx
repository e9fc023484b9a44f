import type { OperatorVisit } from '@/app/operator/frame';
import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordField } from '@/components/forms/new-password-field';
import { PasswordField } from '@/components/forms/password-field';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { UsernameField } from '@/components/forms/username-field';
import { VersionField } from '@/components/forms/version-field';
import { stampOf } from '@/lib/forms/version';
import { timeZoneChoice } from '@/lib/language/known-zones';
import { OPERATOR_LIMITS } from '@/lib/operators/limits';
import { getTranslations } from '@/lib/request/translations';
import { changeOwnPassword, chooseZone } from './actions';

export async function OperatorPasswordForm({ visit: { operator } }: { visit: OperatorVisit }) {
  const t = await getTranslations('operatorAccount');
  return (
    <ActionForm action={changeOwnPassword} hidden={{ as: operator.id }}>
      <UsernameField username={operator.username} />
      <PasswordField name="current" label={t('current')} autoComplete="current-password" required />
      <NewPasswordField
        name="password"
        label={t('new')}
        minLength={OPERATOR_LIMITS.passwordMinLength}
        context={[operator.username, operator.firstName, operator.lastName]}
        required
      />
      <PasswordField name="repeat" label={t('repeat')} autoComplete="new-password" required />
      <SubmitButton pending={t('changing')}>{t('change')}</SubmitButton>
    </ActionForm>
  );
}

export async function ZoneForm({ visit: { operator } }: { visit: OperatorVisit }) {
  const [t, zones] = await Promise.all([getTranslations('operatorAccount'), timeZoneChoice(operator.timeZone)]);
  return (
    <ActionForm action={chooseZone} hidden={{ as: operator.id }}>
      <VersionField version={stampOf({ timeZone: operator.timeZone })} />
      <SelectField name="timeZone" label={t('zone')} {...zones} />
      <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
    </ActionForm>
  );
}
