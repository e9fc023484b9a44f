'use server';

import { z } from 'zod';
import { attemptAction } from '@/lib/request/action';
import { redirectAfter } from '@/lib/request/redirect-after';
import { enroll } from '@/lib/sign-in/with-enrollment';

const schema = z.object({ code: z.string().trim().min(1).max(32) });

export const submitFirstCode = attemptAction('enroll', schema, async ({ tenant, policy, attempt, cause }, { code }) => {
  const result = await enroll(tenant, policy, attempt, code, cause);
  return result.ok ? redirectAfter(tenant, result) : result;
});
