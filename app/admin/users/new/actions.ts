'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/request/action';
import { inviteUser } from '@/lib/users/invite';
import { createUser } from '@/lib/users/users';
import { userSchema } from '../user-schema';

export const addUser = userAction(
  userSchema.extend({ role: z.enum(['agent', 'administrator']), invite: z.string().optional() }),
  async ({ tenant, cause }, { invite, ...input }) => {
    const made = await createUser(tenant, input, cause);
    if (!made.ok) return made;
    const invited = invite && input.email ? await inviteUser(tenant, made.id, cause) : undefined;
    redirect(`/admin/users/${made.id}${invited?.ok === false ? `?invitation=${invited.error}` : ''}`);
  },
  'users',
  (_who, { role }) => role === 'administrator',
);
