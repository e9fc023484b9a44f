'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { PROVIDER } from '@/lib/audit/provider';
import { operatorAction } from '@/lib/request/action';
import { operatorPath } from '@/lib/request/return-to';
import { confirmCodesKept } from '@/lib/second-factor/settings';

export const keepOperatorCodes = operatorAction(
  z.object({ return_to: z.string().max(2048) }),
  async ({ operator, session }, input) => {
    await confirmCodesKept({ id: PROVIDER }, operator.id, session.id);
    redirect(operatorPath(input.return_to));
  },
);
