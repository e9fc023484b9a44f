import { SettingsFrame } from '@/app/settings/frame';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { pendingEmail } from '@/lib/users/email-change';
import { EmailForm } from './email-form';
import { ProfileForm } from './form';

export async function generateMetadata() {
  const t = await getTranslations('profile');
  return { title: t('title') };
}

export default async function ProfilePage() {
  const visit = await requireUser();
  const { tenant, user } = visit;
  const [t, pending] = await Promise.all([getTranslations('profile'), pendingEmail(tenant, user.id)]);
  return (
    <SettingsFrame visit={visit} section="profile">
      <Card title={t('about')}>
        <ProfileForm user={user} locale={visit.locale} timeZone={visit.timeZone} />
      </Card>
      <div id="email">
        {isPasswordHidden(visit.policy, user) ? (
          <Card title={t('email')} description={t('emailHidden')}>
            <p>{user.email ? t('emailNow', { email: user.email }) : t('emailNone')}</p>
          </Card>
        ) : (
          <Card title={t('email')} description={t('emailWhat')}>
            <EmailForm user={user} pending={pending} />
          </Card>
        )}
      </div>
      <Card title={t('signInNames')} description={t('signInNamesHint')}>
        <DefinitionList
          items={[
            { term: t('accountId'), value: tenant.accountId },
            { term: t('username'), value: user.username },
            { term: t('extension'), value: user.extension ?? t('noExtension') },
          ]}
        />
      </Card>
    </SettingsFrame>
  );
}
