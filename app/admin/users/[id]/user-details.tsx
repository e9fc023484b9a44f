import type { PortalVisit } from '@/app/_parts/portal-frame';
import { DefinitionList } from '@/components/ui/definition-list';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import type { ListedUser } from '@/lib/users/users';
import { SecondFactorBadge, StatusBadges } from '../badges';

export type Member = ListedUser;

export async function UserDetails({ member, visit }: { member: Member; visit: PortalVisit }) {
  const [t, words] = await Promise.all([getTranslations('user'), getTranslations('users')]);
  const seen = member.lastSignInAt;
  return (
    <DefinitionList
      items={[
        { term: t('username'), value: member.username },
        { term: t('extension'), value: member.extension ?? words('none') },
        { term: t('email'), value: <Email member={member} /> },
        { term: t('role'), value: words(member.role) },
        { term: t('status'), value: <StatusBadges user={member} /> },
        {
          term: t('secondFactor'),
          value: <SecondFactorBadge on={member.secondFactor} asked={member.secondFactorRequired} />,
        },
        { term: t('lastSignIn'), value: seen ? showMoment(seen, visit.locale, visit.timeZone) : words('never') },
      ]}
    />
  );
}

async function Email({ member: { email, emailShared } }: { member: Member }) {
  const t = await getTranslations('user');
  if (!email) return t('noEmail');
  return (
    <span className="stack-tight">
      <span className="break-all">{email}</span>
      {emailShared ? <span className="text-sm text-warning">{t('emailShared', { email })}</span> : null}
    </span>
  );
}
