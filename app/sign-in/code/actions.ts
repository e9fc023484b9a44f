'use server';

import { z } from 'zod';
import { attemptAction } from '@/lib/request/action';
import { redirectAfter } from '@/lib/request/redirect-after';
import { proveCode } from '@/lib/sign-in/with-totp';

const schema = z.object({ code: z.string().trim().min(1).max(32), remember: z.literal('on').optional() });

export const submitCode = attemptAction(
  'code',
  schema,
  async ({ tenant, policy, attempt, cause }, { code, remember }) => {
    const result = await proveCode(tenant, policy, attempt, { code, remember: remember === 'on' }, cause);
    return result.ok ? redirectAfter(tenant, result) : result;
  },
);
