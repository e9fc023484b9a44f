import type { OperatorVisit } from '@/app/operator/frame';
import { LanguageAndZone } from '@/app/operator/tenants/language-and-zone';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { stampOf } from '@/lib/forms/version';
import { savedEntitlements, savedSettings } from '@/lib/operators/tenants/settings';
import { getTranslations } from '@/lib/request/translations';
import { ENTITLEMENTS } from '@/lib/tenants/entitlements';
import { saveEntitlements, saveSettings } from './actions';
import type { Managed } from './overview';

type Props = { tenant: Managed; visit: OperatorVisit };

export async function SettingsForm({ tenant, visit: { operator } }: Props) {
  const t = await getTranslations('tenant');
  return (
    <ActionForm action={saveSettings} hidden={{ as: operator.id, tenant: tenant.id }}>
      <VersionField version={stampOf(savedSettings(tenant))} />
      <Field name="name" label={t('name')} maxLength={80} defaultValue={tenant.name} required />
      <LanguageAndZone locale={tenant.locale} timeZone={tenant.timeZone} />
      <Field
        name="userLimit"
        label={t('userLimit')}
        hint={t('userLimitHint')}
        inputMode="numeric"
        maxLength={7}
        optional={t('optional')}
        defaultValue={tenant.userLimit === null ? '' : String(tenant.userLimit)}
      />
      <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
    </ActionForm>
  );
}

export async function EntitlementsForm({ tenant, visit: { operator } }: Props) {
  const [t, names] = await Promise.all([getTranslations('tenant'), getTranslations('tenants')]);
  return (
    <ActionForm action={saveEntitlements} hidden={{ as: operator.id, tenant: tenant.id }}>
      <VersionField version={stampOf(savedEntitlements(tenant))} />
      {ENTITLEMENTS.map((name) => (
        <CheckboxField
          key={name}
          name={name}
          label={names(`entitlement.${name}`)}
          defaultChecked={tenant.entitlements.includes(name)}
        />
      ))}
      <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
    </ActionForm>
  );
}
