'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { editUser } from '@/lib/users/edit';
import { findUser } from '@/lib/users/users';
import { userSchema } from '../../user-schema';

const edited = userSchema.extend({
  user: idOrNone,
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});

export const saveUser = userAction(
  edited,
  async ({ tenant, cause }, { user, version, ...details }) => {
    const result = await editUser(tenant, user, version, details, cause);
    if (!result.ok) return result;
    redirect(`/admin/users/${user}`);
  },
  'users',
  async ({ tenant }, { user, email }) => {
    const shown = await findUser(tenant, user);
    return shown?.role === 'administrator' && (shown.email ?? '') !== (email ?? '');
  },
);
