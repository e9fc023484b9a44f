import { notFound } from 'next/navigation';
import { Frame } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findUser } from '@/lib/users/users';
import { UserFields } from '../../user-fields';
import { saveUser } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('user');
  return { title: t('edit') };
}

export default async function EditUserPage({ params }: { params: Promise<{ id: string }> }) {
  const visit = await requireUser('users');
  const user = await findUser(visit.tenant, (await params).id);
  if (!user) notFound();
  const t = await getTranslations('user');
  const name = `${user.firstName} ${user.lastName}`;
  return (
    <Frame visit={visit} tab="users">
      <PageTitle back={{ href: `/admin/users/${user.id}`, label: name }}>{t('editTitle', { name })}</PageTitle>
      <ActionForm action={saveUser} hidden={{ as: visit.user.id, user: user.id }}>
        <VersionField version={String(user.version)} />
        <UserFields user={user} />
        <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
      </ActionForm>
    </Frame>
  );
}
