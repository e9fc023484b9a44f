import { SettingsFrame } from '@/app/settings/frame';
import { meterWords, passwordWords } from '@/components/forms/password-words';
import { Card } from '@/components/ui/card';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { changeOwnPassword } from './actions';
import { PasswordScreen } from './screen';

export async function generateMetadata() {
  const t = await getTranslations('password');
  return { title: t('title') };
}

export default async function PasswordPage() {
  const visit = await requireUser();
  const { tenant, user, policy } = visit;
  const t = await getTranslations('password');
  const minLength = policy.passwordMinLength;
  return (
    <SettingsFrame visit={visit} section="password">
      {isPasswordHidden(policy, user) ? (
        <Card title={t('title')}>
          <p>{t('hidden')}</p>
        </Card>
      ) : (
        <PasswordScreen
          action={changeOwnPassword}
          user={{ id: user.id, username: user.username }}
          rules={{
            context: [user.username, user.firstName, user.lastName, tenant.accountId, tenant.name],
            minLength,
          }}
          words={{
            change: t('change'),
            what: t('what'),
            current: t('current'),
            new: t('new'),
            newHint: t('newHint', { min: minLength }),
            repeat: t('repeat'),
            changing: t('changing'),
          }}
          shown={await passwordWords()}
          meter={await meterWords(minLength)}
        />
      )}
    </SettingsFrame>
  );
}
