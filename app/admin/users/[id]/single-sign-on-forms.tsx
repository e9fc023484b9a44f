import type { PortalVisit } from '@/app/_parts/portal-frame';
import { UserAction } from '@/components/forms/user-action';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { listConnections } from '@/lib/sso/connections/connections';
import { listLinks } from '@/lib/sso/sign-in/links';
import type { ListedUser } from '@/lib/users/users';
import { changeEmergency, releaseCompanyAccount } from './actions';

export async function SingleSignOnForms({ user, visit }: { user: ListedUser; visit: PortalVisit }) {
  const words = { name: `${user.firstName} ${user.lastName}`, firstName: user.firstName };
  const hidden = { as: visit.user.id, user: user.id };
  const [t, links, connections] = await Promise.all([
    getTranslations('user'),
    listLinks(visit.tenant, user.id),
    listConnections(visit.tenant),
  ]);
  const { emergency } = user;
  return (
    <ul>
      {connections.map(({ id, label }) => {
        const link = links.find(({ connectionId }) => connectionId === id);
        return (
          <UserAction
            key={id}
            now={link && t('linkNow', { label, since: showMoment(link.createdAt, visit.locale, visit.timeZone) })}
            offered={link !== undefined}
            action={releaseCompanyAccount}
            hidden={{ ...hidden, connection: id }}
            trigger={t('linkRelease')}
            question={t('linkReleaseFor', { ...words, label })}
            explain={t('linkReleaseWhat')}
            pending={t('linkReleasing')}
          />
        );
      })}
      {links.length === 0 ? <li className="pb-3">{t('linkNone', words)}</li> : null}
      {user.role === 'administrator' ? (
        <UserAction
          now={t(nowOf(user), words)}
          action={changeEmergency}
          hidden={{ ...hidden, emergency: emergency ? 'no' : 'yes' }}
          trigger={t(emergency ? 'emergencyTake' : 'emergencyName')}
          question={t(emergency ? 'emergencyTakeFor' : 'emergencyNameFor', words)}
          explain={t(emergency ? 'emergencyTakeWhat' : 'emergencyNameWhat', words)}
          pending={t('changingRole')}
          tone={emergency ? 'danger' : 'quiet'}
        />
      ) : null}
    </ul>
  );
}

function nowOf({ emergency, secondFactor }: ListedUser) {
  if (!emergency) return 'emergencyIsNot';
  return secondFactor ? 'emergencyIs' : 'emergencyLacks';
}
