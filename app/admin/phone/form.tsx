import type { PortalVisit } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { RadioGroup } from '@/components/forms/radio-group';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { TextAreaField } from '@/components/forms/text-area-field';
import { VersionField } from '@/components/forms/version-field';
import { Card } from '@/components/ui/card';
import { stampOf } from '@/lib/forms/version';
import { formValuesOf, type PhoneSettings } from '@/lib/phone/settings';
import { DEFAULT_PHONE, listCountries, PHONE_BOUNDS } from '@/lib/phone/settings-form';
import { getTranslations } from '@/lib/request/translations';
import { savePhone } from './actions';

type Props = { visit: PortalVisit; settings: PhoneSettings | undefined };

export async function PhoneForm({ visit: { user, locale }, settings }: Props) {
  const t = await getTranslations('adminPhone');
  const { way, country, otherDomains, wrapUpSeconds } = settings ?? DEFAULT_PHONE;
  return (
    <ActionForm action={savePhone} hidden={{ as: user.id }} className="stack">
      <VersionField version={stampOf(formValuesOf(settings))} />
      <Card title={t('server')} description={t('serverWhat')}>
        <div className="form">
          <Field
            name="domain"
            label={t('domain')}
            hint={t('domainHint')}
            defaultValue={settings?.domain}
            autoComplete="off"
            maxLength={253}
            required
          />
          <Field
            name="socket"
            label={t('socket')}
            hint={t('socketHint')}
            defaultValue={settings?.socket}
            autoComplete="off"
            maxLength={300}
            required
          />
        </div>
      </Card>
      <Card title={t('accounts')} description={t('accountsWhat')}>
        <div className="form">
          <RadioGroup
            name="way"
            legend={t('way')}
            options={(['ephemeral', 'per-user'] as const).map((value) => ({
              value,
              label: t(value),
              hint: t(`${value}What`),
            }))}
            defaultValue={way}
          />
          <PasswordField
            name="secret"
            label={t('secret')}
            hint={t(settings?.hasSecret ? 'secretKept' : 'secretHint')}
            autoComplete="new-password"
            kept
          />
        </div>
      </Card>
      <Card title={t('media')} description={t('mediaWhat')}>
        <TextAreaField
          name="iceServers"
          label={t('iceServers')}
          hint={t('iceServersHint', { max: PHONE_BOUNDS.iceServers })}
          rows={4}
          defaultValue={settings?.iceServers.join('\n')}
        />
      </Card>
      <Card title={t('calls')}>
        <div className="form">
          <SelectField
            name="country"
            label={t('country')}
            hint={t('countryHint')}
            options={listCountries(locale)}
            defaultValue={country}
          />
          <Field
            name="wrapUpSeconds"
            label={t('wrapUpSeconds')}
            hint={t('wrapUpSecondsHint', PHONE_BOUNDS.wrapUpSeconds)}
            defaultValue={String(wrapUpSeconds)}
            inputMode="numeric"
            autoComplete="off"
            maxLength={4}
            required
          />
          <CheckboxField
            name="otherDomains"
            label={t('otherDomains')}
            hint={t('otherDomainsHint')}
            defaultChecked={otherDomains}
          />
        </div>
      </Card>
      <div>
        <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
      </div>
    </ActionForm>
  );
}
