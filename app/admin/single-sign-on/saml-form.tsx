import { getTranslations } from 'next-intl/server';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { FileField } from '@/components/forms/file-field';
import { RadioGroup } from '@/components/forms/radio-group';
import { SubmitButton } from '@/components/forms/submit-button';
import { TextAreaField } from '@/components/forms/text-area-field';
import { Card } from '@/components/ui/card';
import type { FormAction } from '@/lib/form-state';
import { LONGEST_TEXT_FILE } from '@/lib/request/text-file';
import type { Connection } from '@/lib/sso/connections';
import { NewUsersFields } from './new-users-fields';

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
    <ActionForm action={action} hidden={hidden} className="stack">
      <Card title={t('fromProvider')} description={t('fromProviderWhat.saml')}>
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
              most={LONGEST_TEXT_FILE}
              tooLarge={t('metadataTooLarge')}
            />
          </div>
          <div className="hidden group-has-[[value=text]:checked]:block">
            <TextAreaField name="metadata" label={t('metadataText')} hint={t('metadataTextHint')} />
          </div>
        </div>
      </Card>
      <Card title={t('button')} description={t('buttonWhat')}>
        <div className="form">
          <Field
            name="label"
            label={t('labelField')}
            hint={t('labelHint')}
            defaultValue={connection?.label}
            maxLength={60}
            autoComplete="off"
            required
          />
        </div>
      </Card>
      <NewUsersFields connection={connection} />
      <Card title={t('rarely')} description={t('rarelyWhat')}>
        <div className="form">
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
          <CheckboxField
            name="logout"
            label={t('logout')}
            hint={t('logoutHint')}
            defaultChecked={settings?.logout ?? true}
          />
        </div>
      </Card>
      <div>
        <SubmitButton pending={t('asking')}>{t(connection ? 'save' : 'saveDraft')}</SubmitButton>
      </div>
    </ActionForm>
  );
}
