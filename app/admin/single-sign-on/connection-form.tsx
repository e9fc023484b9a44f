import type { ReactNode } from 'react';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { Card } from '@/components/ui/card';
import type { FormAction } from '@/lib/forms/state';
import { stampOf } from '@/lib/forms/version';
import { getTranslations } from '@/lib/request/translations';
import { type Connection, savedConnection } from '@/lib/sso/connections/connections';
import { NewUsersFields } from './new-users-fields';

type Props = {
  protocol: Connection['protocol'];
  action: FormAction;
  hidden: Record<string, string>;
  connection?: Connection;
  /** Advanced settings of this protocol. */
  rarely: ReactNode;
  /** Settings from the provider. */
  children: ReactNode;
};

/** Renders the fields of both protocols around those of one. */
export async function ConnectionForm({ protocol, action, hidden, connection, rarely, children }: Props) {
  const t = await getTranslations('singleSignOn');
  return (
    <ActionForm action={action} hidden={hidden} className="stack">
      {connection ? <VersionField version={stampOf(savedConnection(connection))} /> : null}
      <Card title={t('fromProvider')} description={t(`fromProviderWhat.${protocol}`)}>
        {children}
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
          {rarely}
          <CheckboxField
            name="logout"
            label={t('logout')}
            hint={t('logoutHint')}
            defaultChecked={connection?.settings.logout ?? true}
          />
        </div>
      </Card>
      <div>
        <SubmitButton pending={t('asking')}>{t(connection ? 'save' : 'saveDraft')}</SubmitButton>
      </div>
    </ActionForm>
  );
}
