import { getTranslations } from 'next-intl/server';
import { SettingsFrame } from '@/app/settings/frame';
import { Card } from '@/components/ui/card';
import { isPasswordHidden } from '@/lib/credentials/hidden';
import { requireUser } from '@/lib/request/current';
import { PasswordForm } from './form';

export async function generateMetadata() {
  const t = await getTranslations('password');
  return { title: t('title') };
}

export default async function PasswordPage() {
  const visit = await requireUser();
  const t = await getTranslations('password');
  return (
    <SettingsFrame visit={visit} section="password">
      {isPasswordHidden(visit.policy, visit.user) ? (
        <Card title={t('title')}>
          <p>{t('hidden')}</p>
        </Card>
      ) : (
        <Card title={t('change')} description={t('what')}>
          <PasswordForm visit={visit} />
        </Card>
      )}
    </SettingsFrame>
  );
}
