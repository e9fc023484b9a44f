'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import {
  disableOperator,
  enableOperator,
  resetOperatorPassword,
  resetOperatorSecondFactor,
  unlockOperator,
} from '@/lib/operators/operators';
import { operatorAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';

const colleague = z.object({ operator: idOrNone });

export const resetSecondFactor = operatorAction(
  colleague,
  async ({ cause }, { operator }) => {
    const result = await resetOperatorSecondFactor(operator, cause);
    return result.ok ? changed('operators.wasReset') : result;
  },
  true,
);

export const makeTemporaryPassword = operatorAction(
  colleague,
  async ({ cause }, { operator }) => {
    const result = await resetOperatorPassword(operator, cause);
    if (!result.ok) return result;
    return { ...(await changed('operators.made')), shown: { temporaryPassword: result.temporaryPassword } };
  },
  true,
);

export const unlockColleague = operatorAction(colleague, async ({ cause }, { operator }) => {
  const result = await unlockOperator(operator, cause);
  return result.ok ? changed('operators.unlocked') : result;
});

export const changeOperatorStatus = operatorAction(
  colleague.extend({ status: z.enum(['active', 'disabled']) }),
  async ({ cause }, { operator, status }) => {
    const result = await (status === 'active' ? enableOperator : disableOperator)(operator, cause);
    if (!result.ok) return result;
    return changed(status === 'active' ? 'operators.nowEnabled' : 'operators.nowDisabled');
  },
  (_who, { status }) => status === 'active',
);

function changed(key: string) {
  refresh();
  return doneState(key);
}
