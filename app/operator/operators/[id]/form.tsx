import type { OperatorVisit } from '@/app/operator/frame';
import { TemporaryPassword } from '@/components/forms/temporary-password';
import { UserAction } from '@/components/forms/user-action';
import type { findOperator } from '@/lib/operators/operators';
import { getTranslations } from '@/lib/request/translations';
import { changeOperatorStatus, makeTemporaryPassword, resetSecondFactor, unlockColleague } from './actions';

type Props = { colleague: NonNullable<Awaited<ReturnType<typeof findOperator>>>; visit: OperatorVisit };

export async function ColleagueForms({ colleague, visit: { operator } }: Props) {
  const t = await getTranslations('operators');
  const name = `${colleague.firstName} ${colleague.lastName}`;
  const hidden = { as: operator.id, operator: colleague.id };
  const active = colleague.status === 'active';
  return (
    <ul>
      <UserAction
        now={t(colleague.secondFactor ? 'hasFactor' : 'hasNoFactor')}
        offered={colleague.secondFactor}
        action={resetSecondFactor}
        hidden={hidden}
        trigger={t('reset')}
        question={t('resetQuestion', { name })}
        explain={t('resetWhat')}
        pending={t('resetting')}
      />
      <UserAction
        now={t('passwordNow')}
        action={makeTemporaryPassword}
        hidden={hidden}
        trigger={t('password')}
        question={t('passwordQuestion', { name })}
        explain={t('passwordWhat')}
        pending={t('making')}
        done={<TemporaryPassword label={t('temporaryPassword')} copy={t('copy')} copied={t('copied')} />}
      />
      <UserAction
        now={t(colleague.locked ? 'isLocked' : 'isNotLocked')}
        offered={colleague.locked}
        action={unlockColleague}
        hidden={hidden}
        trigger={t('unlock')}
        question={t('unlockQuestion', { name })}
        explain={t('unlockWhat')}
        pending={t('unlocking')}
        tone="quiet"
      />
      <UserAction
        now={t(active ? 'isActive' : 'isDisabled')}
        action={changeOperatorStatus}
        hidden={{ ...hidden, status: active ? 'disabled' : 'active' }}
        trigger={t(active ? 'disable' : 'enable')}
        question={t(active ? 'disableQuestion' : 'enableQuestion', { name })}
        explain={t(active ? 'disableWhat' : 'enableWhat')}
        pending={t(active ? 'disabling' : 'enabling')}
        tone={active ? 'danger' : 'quiet'}
      />
    </ul>
  );
}
