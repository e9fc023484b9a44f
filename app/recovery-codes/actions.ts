'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/request/action';
import { safePath } from '@/lib/request/return-to';
import { confirmCodesKept } from '@/lib/second-factor/settings';

export const keepCodes = userAction(z.object({ return_to: z.string().max(2048) }), async (who, input) => {
  await confirmCodesKept(who.tenant, who.user.id, who.session.id);
  redirect(safePath(input.return_to));
});
