import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { stampOf } from '@/lib/forms/version';
import { timeZoneChoice } from '@/lib/language/known-zones';
import { LOCALES } from '@/lib/language/locale';
import { getTranslations } from '@/lib/request/translations';
import { savedProfile } from '@/lib/users/profile';
import { saveProfile } from './actions';

export async function ProfileForm({ user, locale, timeZone }: Pick<PortalVisit, 'user' | 'locale' | 'timeZone'>) {
  const [t, zones] = await Promise.all([getTranslations('profile'), timeZoneChoice(timeZone)]);
  return (
    <ActionForm action={saveProfile} hidden={{ as: user.id }}>
      <VersionField version={stampOf(savedProfile(user))} />
      <Field
        name="firstName"
        label={t('firstName')}
        defaultValue={user.firstName}
        autoComplete="given-name"
        maxLength={80}
        required
      />
      <Field
        name="lastName"
        label={t('lastName')}
        defaultValue={user.lastName}
        autoComplete="family-name"
        maxLength={80}
        required
      />
      <SelectField
        name="locale"
        label={t('language')}
        hint={t('languageHint')}
        options={LOCALES.map((value) => ({ value, label: t(value) }))}
        defaultValue={user.locale ?? locale}
      />
      <SelectField name="timeZone" label={t('timeZone')} {...zones} />
      <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
    </ActionForm>
  );
}
