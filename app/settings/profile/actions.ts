'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { version } from '@/lib/forms/version';
import { LOCALES } from '@/lib/language/locale';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { requestEmailChange } from '@/lib/users/email-change';
import { updateProfile } from '@/lib/users/profile';

const name = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^\P{Cc}*$/u);

const profile = z.object({
  firstName: name,
  lastName: name,
  locale: z.enum(LOCALES),
  timeZone: z.string().max(64),
  version,
});

export const saveProfile = userAction(profile, async ({ tenant, user, cause }, { version, ...input }) => {
  const result = await updateProfile(tenant, user.id, input, cause, version);
  if (!result.ok) return result;
  refresh();
  return doneState('profile.saved');
});

const change = z.object({ email: z.string().trim().min(1).max(254), password: z.string().min(1) });

export const changeEmail = userAction(change, async ({ tenant, user, cause }, input) => {
  const result = await requestEmailChange(tenant, user.id, input, cause);
  if (!result.ok) return result;
  refresh();
  return doneState('profile.emailSent', { email: input.email });
});
