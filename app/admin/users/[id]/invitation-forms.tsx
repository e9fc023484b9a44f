import type { PortalVisit } from '@/app/_parts/portal-frame';
import { UserAction } from '@/components/forms/user-action';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { findInvitationOfUser } from '@/lib/users/invite';
import type { ListedUser } from '@/lib/users/users';
import { slipWords } from '../slip-words';
import { makeUserSlip, revokeUserInvitation, sendInvitation } from './actions';
import { PrintedSlip } from './slip';

type Standing = Awaited<ReturnType<typeof findInvitationOfUser>>;

export async function InvitationForms({ user, visit }: { user: ListedUser; visit: PortalVisit }) {
  const words = { name: `${user.firstName} ${user.lastName}`, firstName: user.firstName };
  const hidden = { as: visit.user.id, user: user.id };
  const [t, standing] = await Promise.all([getTranslations('user'), findInvitationOfUser(visit.tenant, user.id)]);
  const show = (at: Date) => showMoment(at, visit.locale, visit.timeZone);
  return (
    <ul>
      <UserAction
        now={t(nowOf(standing, user), { ...words, until: standing ? show(standing.until) : '' })}
        offered={user.email !== null}
        action={sendInvitation}
        hidden={hidden}
        trigger={t(standing?.way === 'mail' ? 'inviteAgain' : 'invite')}
        question={t('inviteFor', words)}
        explain={t('inviteWhat', { email: user.email ?? '' })}
        pending={t('inviting')}
        tone="quiet"
      />
      <UserAction
        now={t('slipFirst')}
        action={makeUserSlip}
        hidden={hidden}
        trigger={t('slip')}
        question={t('slipFor', words)}
        explain={t('slipWhat', words)}
        pending={t('makingSlip')}
        tone="quiet"
        done={
          standing?.way === 'slip' ? (
            <PrintedSlip
              words={{ ...(await slipWords(visit)), title: t('slipTitle', words), print: t('print') }}
              username={[user.username, user.extension].filter(Boolean).join(' · ')}
            />
          ) : null
        }
      />
      <UserAction
        now={t(standing ? 'revokeNow' : 'revokeNothing')}
        offered={standing !== undefined}
        action={revokeUserInvitation}
        hidden={hidden}
        trigger={t('revoke')}
        question={t('revokeFor', words)}
        explain={t('revokeWhat')}
        pending={t('revoking')}
      />
    </ul>
  );
}

function nowOf(standing: Standing, { email }: ListedUser) {
  if (!standing) return email ? 'inviteNone' : 'inviteNoMail';
  if (!standing.live) return 'inviteOver';
  if (standing.way === 'slip') return 'slipMade';
  return standing.sentAt ? 'inviteSent' : 'inviteQueued';
}
