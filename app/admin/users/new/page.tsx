import { Frame } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { CheckboxField } from '@/components/forms/checkbox-field';
import { SelectField } from '@/components/forms/select-field';
import { SubmitButton } from '@/components/forms/submit-button';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { UserFields } from '../user-fields';
import { addUser } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('user');
  return { title: t('newTitle') };
}

export default async function NewUserPage() {
  const visit = await requireUser('users');
  const [t, words] = await Promise.all([getTranslations('user'), getTranslations('users')]);
  const roles = ['agent', 'administrator'] as const;
  return (
    <Frame visit={visit} tab="users">
      <PageTitle back={{ href: '/admin/users', label: t('back') }} lead={t('newLead')}>
        {t('newTitle')}
      </PageTitle>
      <ActionForm action={addUser} hidden={{ as: visit.user.id }}>
        <UserFields />
        <SelectField
          name="role"
          label={t('role')}
          options={roles.map((value) => ({ value, label: words(value) }))}
          defaultValue="agent"
        />
        <CheckboxField name="invite" label={t('inviteNow')} hint={t('inviteNowHint')} defaultChecked />
        <SubmitButton pending={t('creating')}>{t('create')}</SubmitButton>
      </ActionForm>
    </Frame>
  );
}
