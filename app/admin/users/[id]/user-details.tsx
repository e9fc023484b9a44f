import type { PortalVisit } from '@/app/_parts/portal-frame';
import { DefinitionList } from '@/components/ui/definition-list';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { ListedUser } from '@/lib/users/users';
import { SecondFactorBadge, StatusBadges } from '../badges';

export async function UserDetails({ user, visit }: { user: ListedUser; visit: PortalVisit }) {
  const [t, words] = await Promise.all([getTranslations('user'), getTranslations('users')]);
  const seen = user.lastSignInAt;
  return (
    <DefinitionList
      items={[
        { term: t('username'), value: user.username },
        { term: t('extension'), value: user.extension ?? words('none') },
        { term: t('email'), value: <Email user={user} /> },
        { term: t('role'), value: words(user.role) },
        { term: t('status'), value: <StatusBadges user={user} /> },
        {
          term: t('secondFactor'),
          value: <SecondFactorBadge on={user.secondFactor} isRequired={user.secondFactorRequired} />,
        },
        { term: t('lastSignIn'), value: seen ? showMoment(seen, visit.locale, visit.timeZone) : words('never') },
      ]}
    />
  );
}

async function Email({ user: { email, emailShared } }: { user: ListedUser }) {
  const t = await getTranslations('user');
  if (!email) return t('noEmail');
  return (
    <span className="stack-tight">
      <span className="break-all">{email}</span>
      {emailShared ? <span className="text-sm text-warning">{t('emailShared', { email })}</span> : null}
    </span>
  );
}
