'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { version } from '@/lib/forms/version';
import { setSsoSecondFactor } from '@/lib/policies/change';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';

export const saveSecondFactor = userAction(
  z.object({ ssoSecondFactor: z.enum(['never', 'when-missing', 'always']), version }),
  async ({ tenant, cause }, { ssoSecondFactor, version }) => {
    const result = await setSsoSecondFactor(tenant, ssoSecondFactor, cause, version);
    if (!result.ok) return result;
    refresh();
    return doneState('singleSignOn.saved');
  },
  'single-sign-on',
  true,
);
