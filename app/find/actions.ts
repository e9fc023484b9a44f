'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { rootAction } from '@/lib/request/action';
import { getTranslations } from '@/lib/request/translations';
import { findAccount } from '@/lib/sign-in/find-account';
import { signInFromRoot } from '@/lib/sign-in/handoff';

const account = z.object({ accountId: z.string().trim().min(1).max(63) });

export const openAccount = rootAction(account, async ({ cause }, { accountId }) => {
  const result = await findAccount(accountId, cause);
  if (!result.ok) return result;
  redirect(result.url);
});

const credentials = z.object({
  username: z.string().trim().min(1).max(320),
  password: z.string().min(1),
});

export const signIn = rootAction(credentials, async ({ cause }, input) => {
  const result = await signInFromRoot(input, cause);
  if (!result.ok) return result;
  const t = await getTranslations('find');
  return { status: 'done', handoff: { ...result.handoff, label: t('handoff', { account: result.tenantName }) } };
});
