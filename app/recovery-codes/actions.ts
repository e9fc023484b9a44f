'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/request/action';
import { safePath } from '@/lib/request/return-to';
import { confirmCodesKept } from '@/lib/two-factor';

export const keepCodes = userAction(z.object({ return_to: z.string().max(2048) }), async ({ tenant, user }, input) => {
  await confirmCodesKept(tenant, user.id);
  redirect(safePath(input.return_to));
});
