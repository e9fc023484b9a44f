import { notFound } from 'next/navigation';
import { Frame } from '@/app/_parts/portal-frame';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { LinkButton } from '@/components/ui/link-button';
import { PageTitle } from '@/components/ui/page-title';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { isEntitled } from '@/lib/tenants/entitlements';
import { findUser } from '@/lib/users/users';
import { AccessForms, HelpForms } from './form';
import { InvitationForms } from './invitation-forms';
import { PhoneForms } from './phone-forms';
import { SingleSignOnForms } from './single-sign-on-forms';
import { UserDetails } from './user-details';

export async function generateMetadata() {
  const t = await getTranslations('user');
  return { title: t('title') };
}

type Given = { params: Promise<{ id: string }>; searchParams: Promise<{ invitation?: string | string[] }> };

export default async function UserPage({ params, searchParams }: Given) {
  const visit = await requireUser('users');
  const user = await findUser(visit.tenant, (await params).id);
  if (!user) notFound();
  const [t, { invitation }] = await Promise.all([getTranslations('user'), searchParams]);
  const isUninvited = invitation === 'too-many-mails' && !user.hasPassword && !user.invited;
  return (
    <Frame visit={visit} tab="users">
      <div className="max-w-3xl">
        <PageTitle
          back={{ href: '/admin/users', label: t('back') }}
          actions={user.id === visit.user.id ? <Badge tone="info">{t('you')}</Badge> : null}
        >
          {user.firstName} {user.lastName}
        </PageTitle>
        <div className="stack">
          {isUninvited ? <Alert tone="warning">{t('createdUninvited')}</Alert> : null}
          <Card
            title={t('details')}
            actions={<LinkButton href={`/admin/users/${user.id}/edit`}>{t('edit')}</LinkButton>}
          >
            <UserDetails user={user} visit={visit} />
          </Card>
          {user.hasPassword || user.status !== 'active' ? null : (
            <Card title={t('invitation')}>
              <InvitationForms user={user} visit={visit} />
            </Card>
          )}
          <Card title={t('help')}>
            <HelpForms user={user} visit={visit} />
          </Card>
          <Card title={t('access')}>
            <AccessForms user={user} visit={visit} />
          </Card>
          {isEntitled(visit.tenant, 'phone') ? <PhoneForms user={user} visit={visit} /> : null}
          {isEntitled(visit.tenant, 'single-sign-on') ? (
            <Card title={t('singleSignOn')}>
              <SingleSignOnForms user={user} visit={visit} />
            </Card>
          ) : null}
        </div>
      </div>
    </Frame>
  );
}
