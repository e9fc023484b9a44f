import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { PasswordField } from '@/components/forms/password-field';
import { RadioGroup } from '@/components/forms/radio-group';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { isShared, issuerOf } from '@/lib/sso/connections/issuers';
import { documentAddress } from '@/lib/sso/oidc/discovery';
import { ConnectionForm } from './connection-form';

type Props = {
  action: FormAction;
  hidden: Record<string, string>;
  connection?: Extract<Connection, { protocol: 'oidc' }>;
};

export async function OidcForm({ action, hidden, connection }: Props) {
  const t = await getTranslations('singleSignOn');
  const settings = connection?.settings;
  return (
    <ConnectionForm
      protocol="oidc"
      action={action}
      hidden={hidden}
      connection={connection}
      rarely={
        <>
          <Field
            name="scopes"
            label={t('scopes')}
            hint={t('scopesHint')}
            defaultValue={settings?.scopes.join(' ') ?? 'openid email profile'}
            autoComplete="off"
            required
          />
          <RadioGroup
            name="tokenAuth"
            legend={t('tokenAuth')}
            options={(['client_secret_basic', 'client_secret_post'] as const).map((value) => ({
              value,
              label: t(value),
              hint: t(`${value}What`),
            }))}
            defaultValue={settings?.tokenAuth ?? 'client_secret_basic'}
          />
        </>
      }
    >
      <div className="form">
        <Field
          name="issuer"
          label={t('issuer')}
          hint={t('issuerHint')}
          type="url"
          defaultValue={connection && issuerAsEntered(connection)}
          autoComplete="off"
          required
        />
        <Field
          name="clientId"
          label={t('clientId')}
          hint={t('clientIdHint')}
          defaultValue={settings?.clientId}
          autoComplete="off"
          required
        />
        <PasswordField
          name="clientSecret"
          label={t('clientSecret')}
          hint={t(connection ? 'clientSecretKept' : 'clientSecretHint')}
          autoComplete="off"
          kept
          required={!connection}
        />
        <Field
          name="ends"
          type="date"
          label={t('secretEnds')}
          optional={t('optional')}
          hint={t('secretEndsHint')}
          defaultValue={connection?.secretExpiresAt?.toISOString().slice(0, 10)}
        />
        <Field
          name="entraTenant"
          label={t('entraTenant')}
          optional={t('optional')}
          hint={t('entraTenantHint')}
          defaultValue={settings?.entraTenant ?? undefined}
          autoComplete="off"
        />
        {connection && isShared(issuerOf(connection)) ? null : (
          <CheckboxField
            name="trustsAddresses"
            label={t('trustsAddresses')}
            hint={t('trustsAddressesHint')}
            defaultChecked={settings?.trustsAddresses}
          />
        )}
      </div>
    </ConnectionForm>
  );
}

/** Returns the issuer as entered: with a query, the address of its discovery document. */
function issuerAsEntered({ issuer, settings: { configurationQuery } }: NonNullable<Props['connection']>) {
  return configurationQuery ? documentAddress(issuer, configurationQuery) : issuer;
}
