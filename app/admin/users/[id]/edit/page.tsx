import { notFound } from 'next/navigation';
import { Frame } from '@/app/_parts/portal-frame';
import { ActionForm } from '@/components/forms/action-form';
import { SubmitButton } from '@/components/forms/submit-button';
import { VersionField } from '@/components/forms/version-field';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { findUser } from '@/lib/users/users';
import { PersonFields } from '../../person-fields';
import { saveUser } from './actions';

export async function generateMetadata() {
  const t = await getTranslations('user');
  return { title: t('edit') };
}

export default async function EditUserPage({ params }: { params: Promise<{ id: string }> }) {
  const visit = await requireUser('users');
  const member = await findUser(visit.tenant, (await params).id);
  if (!member) notFound();
  const t = await getTranslations('user');
  const name = `${member.firstName} ${member.lastName}`;
  return (
    <Frame visit={visit} tab="users">
      <PageTitle back={{ href: `/admin/users/${member.id}`, label: name }}>{t('editTitle', { name })}</PageTitle>
      <ActionForm action={saveUser} hidden={{ as: visit.user.id, user: member.id }}>
        <VersionField version={String(member.version)} />
        <PersonFields member={member} />
        <SubmitButton pending={t('saving')}>{t('save')}</SubmitButton>
      </ActionForm>
    </Frame>
  );
}
