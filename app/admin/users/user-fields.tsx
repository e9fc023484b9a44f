import { Field } from '@/components/forms/field';
import { SelectField } from '@/components/forms/select-field';
import { LOCALES } from '@/lib/language/locale';
import { getTranslations } from '@/lib/request/translations';
import { LONGEST_NAME } from '@/lib/users/form';
import type { ListedUser } from '@/lib/users/users';

/** The fields of a new or an existing user. */
export async function UserFields({ user }: { user?: ListedUser }) {
  const t = await getTranslations('user');
  return (
    <>
      <Field
        name="firstName"
        label={t('firstName')}
        defaultValue={user?.firstName}
        autoComplete="off"
        maxLength={LONGEST_NAME}
        required
      />
      <Field
        name="lastName"
        label={t('lastName')}
        defaultValue={user?.lastName}
        autoComplete="off"
        maxLength={LONGEST_NAME}
        required
      />
      <Field
        name="username"
        label={t('username')}
        hint={t('usernameHint')}
        defaultValue={user?.username}
        autoComplete="off"
        maxLength={64}
        required
      />
      <Field
        name="extension"
        label={t('extension')}
        hint={t('extensionHint')}
        optional={t('optional')}
        defaultValue={user?.extension ?? undefined}
        autoComplete="off"
        inputMode="numeric"
        maxLength={10}
      />
      <Field
        name="email"
        type="email"
        label={t('email')}
        hint={t('emailHint')}
        optional={t('optional')}
        defaultValue={user?.email ?? undefined}
        autoComplete="off"
        maxLength={254}
      />
      <SelectField
        name="locale"
        label={t('language')}
        options={[{ value: '', label: t('languageAny') }, ...LOCALES.map((value) => ({ value, label: t(value) }))]}
        defaultValue={user?.locale ?? ''}
      />
    </>
  );
}
