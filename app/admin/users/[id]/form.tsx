import type { PortalVisit } from '@/app/_parts/portal-frame';
import { TemporaryPassword } from '@/components/forms/temporary-password';
import { UserAction } from '@/components/forms/user-action';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { getTranslations } from '@/lib/request/translations';
import type { ListedUser } from '@/lib/users/users';
import {
  changeRole,
  changeSecondFactorRequirement,
  changeStatus,
  deleteUser,
  endSessions,
  resetUserPassword,
  resetUserTwoFactor,
  unlockUser,
} from './actions';

type Props = { user: ListedUser; visit: PortalVisit };

export async function HelpForms({ user, visit }: Props) {
  const words = { name: `${user.firstName} ${user.lastName}`, firstName: user.firstName };
  const hidden = { as: visit.user.id, user: user.id };
  const enabled = user.status === 'active';
  const barred = isPasswordHidden(visit.policy, user);
  const t = await getTranslations('user');
  return (
    <ul>
      <UserAction
        now={t(user.secondFactor ? 'hasSecondFactor' : 'noSecondFactor', words)}
        offered={user.secondFactor}
        action={resetUserTwoFactor}
        hidden={hidden}
        trigger={t('resetTwoFactor')}
        question={t('resetTwoFactorFor', words)}
        explain={`${t(user.email ? 'resetTwoFactorWhat' : 'resetTwoFactorWhatQuiet', words)} ${t(visit.policy.secondFactor === 'required' ? 'thenEnrols' : 'thenOptional', words)}`}
        pending={t('resettingTwoFactor')}
      />
      <UserAction
        now={t(barred ? 'passwordHidden' : enabled ? 'passwordNow' : 'passwordLater', words)}
        offered={enabled && !barred}
        action={resetUserPassword}
        hidden={hidden}
        trigger={t('resetPassword')}
        question={t('resetPasswordFor', words)}
        explain={t(user.email ? 'resetPasswordMail' : 'resetPasswordShown', words)}
        pending={t('resetting')}
        done={
          <TemporaryPassword
            label={t('temporaryPassword')}
            hint={t('temporaryPasswordHint')}
            copy={t('copy')}
            copied={t('copied')}
          />
        }
      />
      <UserAction
        now={t(user.locked ? 'lockedNow' : 'notLocked')}
        offered={user.locked}
        action={unlockUser}
        hidden={hidden}
        trigger={t('unlock')}
        question={t('unlockFor', words)}
        explain={t('unlockWhat', words)}
        pending={t('unlocking')}
        tone="quiet"
      />
      <UserAction
        now={t('sessionsNow')}
        action={endSessions}
        hidden={hidden}
        trigger={t('endSessions')}
        question={t('endSessionsFor', words)}
        explain={t('endSessionsWhat', words)}
        pending={t('ending')}
      />
    </ul>
  );
}

export async function AccessForms({ user, visit }: Props) {
  const words = { name: `${user.firstName} ${user.lastName}`, firstName: user.firstName };
  const hidden = { as: visit.user.id, user: user.id };
  const t = await getTranslations('user');
  const enabled = user.status === 'active';
  const agent = user.role === 'agent';
  return (
    <ul>
      <UserAction
        now={t(agent ? 'isAgent' : 'isAdministrator', words)}
        action={changeRole}
        hidden={{ ...hidden, role: agent ? 'administrator' : 'agent' }}
        trigger={t(agent ? 'makeAdministrator' : 'makeAgent')}
        question={t(agent ? 'makeAdministratorFor' : 'makeAgentFor', words)}
        explain={t(agent ? 'makeAdministratorWhat' : 'makeAgentWhat', words)}
        pending={t('changingRole')}
        tone="quiet"
      />
      <UserAction
        now={t(enabled ? 'isActive' : 'isDisabled', words)}
        action={changeStatus}
        hidden={{ ...hidden, status: enabled ? 'disabled' : 'active' }}
        trigger={t(enabled ? 'disable' : 'enable')}
        question={t(enabled ? 'disableFor' : 'enableFor', words)}
        explain={t(enabled ? 'disableWhat' : 'enableWhat', words)}
        pending={t(enabled ? 'disabling' : 'enabling')}
        tone={enabled ? 'danger' : 'quiet'}
      />
      <SecondFactorAction user={user} visit={visit} />
      <UserAction
        now={t(user.id === visit.user.id ? 'deleteNotSelf' : 'deleteNow')}
        offered={user.id !== visit.user.id}
        action={deleteUser}
        hidden={hidden}
        trigger={t('delete')}
        question={t('deleteFor', words)}
        explain={t('deleteWhat')}
        pending={t('deleting')}
      />
    </ul>
  );
}

async function SecondFactorAction({ user, visit }: Props) {
  const words = { name: `${user.firstName} ${user.lastName}`, firstName: user.firstName };
  const t = await getTranslations('user');
  const policy = visit.policy.secondFactor;
  const isRequired = user.secondFactorRequired;
  const now = isRequired ? 'factorAsked' : 'factorNotAsked';
  return (
    <UserAction
      now={t(policy === 'required' ? 'factorByPolicy' : policy === 'off' ? 'factorNowhere' : now, words)}
      offered={policy === 'optional'}
      action={changeSecondFactorRequirement}
      hidden={{ as: visit.user.id, user: user.id, required: isRequired ? 'no' : 'yes' }}
      trigger={t(isRequired ? 'leaveFactor' : 'askFactor', words)}
      question={t(isRequired ? 'leaveFactorFor' : 'askFactorFor', words)}
      explain={t(isRequired ? 'leaveFactorWhat' : 'askFactorWhat', words)}
      pending={t('changing')}
      tone="quiet"
    />
  );
}
