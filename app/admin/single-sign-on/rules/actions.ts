'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { setSsoSecondFactor } from '@/lib/policy-settings';
import { userAction } from '@/lib/request/action';
import { said } from '@/lib/request/answers';

export const saveSecondFactor = userAction(
  z.object({ ssoSecondFactor: z.enum(['never', 'when-missing', 'always']) }),
  async ({ tenant, cause }, { ssoSecondFactor }) => {
    const result = await setSsoSecondFactor(tenant, ssoSecondFactor, cause);
    if (!result.ok) return result;
    refresh();
    return said('singleSignOn.saved');
  },
  'single-sign-on',
);
