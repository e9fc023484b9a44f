import type { OperatorVisit } from '@/app/operator/frame';
import { LanguageAndZone } from '@/app/operator/tenants/language-and-zone';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { getTranslations } from '@/lib/request/translations';
import { ENTITLEMENTS } from '@/lib/tenants/entitlements';
import { createTenantWithAdministrator } from './actions';

export async function NewTenantForm({ visit: { operator } }: { visit: OperatorVisit }) {
  const t = await getTranslations('newTenant');
  return (
    <ActionForm action={createTenantWithAdministrator} hidden={{ as: operator.id }}>
      <Field name="name" label={t('name')} maxLength={80} required autoFocus />
      <Field
        name="accountId"
        label={t('accountId')}
        hint={t('accountIdHint')}
        maxLength={63}
        autoComplete="off"
        required
      />
      <LanguageAndZone locale="en" timeZone={operator.timeZone} />
      <Field
        name="userLimit"
        label={t('userLimit')}
        hint={t('userLimitHint')}
        inputMode="numeric"
        maxLength={7}
        optional={t('optional')}
      />
      <Entitlements />
      <h2 className="mt-2">{t('administrator')}</h2>
      <p className="muted">{t('administratorHint')}</p>
      <Field name="firstName" label={t('firstName')} maxLength={60} required />
      <Field name="lastName" label={t('lastName')} maxLength={60} required />
      <Field
        name="username"
        label={t('username')}
        hint={t('usernameHint')}
        maxLength={64}
        autoComplete="off"
        required
      />
      <Field name="email" type="email" label={t('email')} maxLength={254} required />
      <SubmitButton pending={t('creating')}>{t('create')}</SubmitButton>
    </ActionForm>
  );
}

async function Entitlements() {
  const t = await getTranslations('tenants');
  return (
    <fieldset className="stack-tight">
      <legend className="field-label">{t('column.entitlements')}</legend>
      {ENTITLEMENTS.map((name) => (
        <CheckboxField key={name} name={name} label={t(`entitlement.${name}`)} />
      ))}
    </fieldset>
  );
}
