import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { FileField } from '@/components/forms/file-field';
import { RadioGroup } from '@/components/forms/radio-group';
import { TextAreaField } from '@/components/forms/text-area-field';
import type { FormAction } from '@/lib/forms/state';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';
import { LARGEST_METADATA } from '@/lib/sso/saml/metadata';
import { ConnectionForm } from './connection-form';

type Props = {
  action: FormAction;
  hidden: Record<string, string>;
  connection?: Extract<Connection, { protocol: 'saml' }>;
};

export async function SamlForm({ action, hidden, connection }: Props) {
  const t = await getTranslations('singleSignOn');
  const settings = connection?.settings;
  const sources = connection ? (['keep', 'url', 'file', 'text'] as const) : (['url', 'file', 'text'] as const);
  return (
    <ConnectionForm
      protocol="saml"
      action={action}
      hidden={hidden}
      connection={connection}
      rarely={
        <>
          <Field
            name="emailAttribute"
            label={t('emailAttribute')}
            optional={t('optional')}
            hint={t('emailAttributeHint')}
            defaultValue={settings?.emailAttribute ?? undefined}
            autoComplete="off"
          />
          <CheckboxField
            name="responseSigned"
            label={t('responseSigned')}
            hint={t('responseSignedHint')}
            defaultChecked={settings?.responseSigned}
          />
          <CheckboxField
            name="idpInitiated"
            label={t('idpInitiated')}
            hint={t('idpInitiatedHint')}
            defaultChecked={settings?.idpInitiated}
          />
        </>
      }
    >
      {/* What the chosen way does not need is hidden by style alone, so that it works without scripts too. */}
      <div className="form group">
        <RadioGroup
          name="source"
          legend={t('source')}
          options={sources.map((value) => ({ value, label: t(`by.${value}`), hint: t(`byWhat.${value}`) }))}
          defaultValue={connection ? 'keep' : 'url'}
        />
        <div className="hidden group-has-[[value=url]:checked]:block">
          <Field
            name="metadataUrl"
            label={t('metadataUrl')}
            type="url"
            defaultValue={settings?.metadataUrl ?? undefined}
            autoComplete="off"
          />
        </div>
        <div className="hidden group-has-[[value=file]:checked]:block">
          <FileField
            name="metadataFile"
            label={t('metadataFile')}
            accept=".xml,text/xml,application/xml"
            most={LARGEST_METADATA}
            tooLarge={t('metadataTooLarge')}
          />
        </div>
        <div className="hidden group-has-[[value=text]:checked]:block">
          <TextAreaField name="metadata" label={t('metadataText')} hint={t('metadataTextHint')} />
        </div>
      </div>
    </ConnectionForm>
  );
}
