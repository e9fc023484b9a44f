import type { PortalVisit } from '@/app/_parts/portal-frame';
import { UserAction } from '@/components/forms/user-action';
import { showMoment } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';
import { invitationOf } from '@/lib/users/invite';
import { slipWords } from '../slip-words';
import { inviteMember, makeMemberSlip, revokeMemberInvitation } from './actions';
import { PrintedSlip } from './slip';
import type { Member } from './user-details';

type Standing = Awaited<ReturnType<typeof invitationOf>>;

export async function InvitationForms({ member, visit }: { member: Member; visit: PortalVisit }) {
  const words = { name: `${member.firstName} ${member.lastName}`, firstName: member.firstName };
  const hidden = { as: visit.user.id, user: member.id };
  const [t, standing] = await Promise.all([getTranslations('user'), invitationOf(visit.tenant, member.id)]);
  const show = (at: Date) => showMoment(at, visit.locale, visit.timeZone);
  return (
    <ul>
      <UserAction
        now={t(nowOf(standing, member), { ...words, until: standing ? show(standing.until) : '' })}
        offered={member.email !== null}
        action={inviteMember}
        hidden={hidden}
        trigger={t(standing?.way === 'mail' ? 'inviteAgain' : 'invite')}
        question={t('inviteFor', words)}
        explain={t('inviteWhat', { email: member.email ?? '' })}
        pending={t('inviting')}
        tone="quiet"
      />
      <UserAction
        now={t('slipFirst')}
        action={makeMemberSlip}
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
              username={[member.username, member.extension].filter(Boolean).join(' · ')}
            />
          ) : null
        }
      />
      <UserAction
        now={t(standing ? 'revokeNow' : 'revokeNothing')}
        offered={standing !== undefined}
        action={revokeMemberInvitation}
        hidden={hidden}
        trigger={t('revoke')}
        question={t('revokeFor', words)}
        explain={t('revokeWhat')}
        pending={t('revoking')}
      />
    </ul>
  );
}

function nowOf(standing: Standing, { email }: Member) {
  if (!standing) return email ? 'inviteNone' : 'inviteNoMail';
  if (!standing.live) return 'inviteOver';
  if (standing.way === 'slip') return 'slipMade';
  return standing.sentAt ? 'inviteSent' : 'inviteQueued';
}
