import { CheckboxField } from '@/components/forms/checkbox-field';
import { Field } from '@/components/forms/field';
import { SelectField } from '@/components/forms/select-field';
import { Card } from '@/components/ui/card';
import { getTranslations } from '@/lib/request/translations';
import type { Connection } from '@/lib/sso/connections/connections';

export async function NewUsersFields({ connection }: { connection?: Connection }) {
  const [t, users] = await Promise.all([getTranslations('singleSignOn'), getTranslations('users')]);
  return (
    <Card title={t('who')} description={t('whoWhat')}>
      <div className="form">
        <Field
          name="emailDomains"
          label={t('emailDomains')}
          hint={t('emailDomainsHint')}
          defaultValue={connection?.emailDomains.join(' ')}
          autoComplete="off"
        />
        <CheckboxField
          name="createUsers"
          label={t('createUsers')}
          hint={t('createUsersHint')}
          defaultChecked={connection?.createUsers}
        />
        <SelectField
          name="createRole"
          label={t('createRole')}
          hint={t('createRoleHint')}
          options={(['agent', 'administrator'] as const).map((value) => ({ value, label: users(value) }))}
          defaultValue={connection?.createRole ?? 'agent'}
        />
      </div>
    </Card>
  );
}
