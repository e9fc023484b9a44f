'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { createOperator } from '@/lib/operators/operators';
import { confirmOperatorPassword } from '@/lib/operators/password';
import { operatorAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';

const schema = z.object({
  firstName: z.string().trim().min(1).max(60),
  lastName: z.string().trim().min(1).max(60),
  username: z.string().trim().min(1).max(64),
  password: z.string().min(1),
});

export const addOperator = operatorAction(
  schema,
  async ({ operator, cause }, { password, ...input }) => {
    const again = await confirmOperatorPassword(operator.id, password, 'password', cause);
    if (!again.ok) return again;
    const result = await createOperator(input, cause);
    if (!result.ok) return result;
    refresh();
    return { ...(await doneState('operators.added')), shown: { temporaryPassword: result.temporaryPassword } };
  },
  true,
);
