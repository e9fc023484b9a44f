'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { type Details, editUser } from '@/lib/people/edit';
import { userAction } from '@/lib/request/action';
import { notAsIs } from '@/lib/request/answers';
import { person } from '../../person-schema';

const NOBODY = '00000000-0000-0000-0000-000000000000';
const edited = person.extend({
  user: z.guid().catch(NOBODY),
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
    if (!result.ok) return result.error === 'edit-conflict' ? conflict(details, result) : result;
    redirect(`/admin/users/${user}`);
  },
  'users',
);

/** Marks every field that another has saved otherwise; saving again is then meant. */
function conflict(typed: Details, { saved, version }: { saved: Details; version: number }) {
  const names = Object.keys(typed) as (keyof Details)[];
  const fields = names
    .filter((name) => typed[name] !== saved[name])
    .map((name) => {
      const value = saved[name];
      return [name, value ? { key: 'user.meanwhile', values: { value } } : { key: 'user.meanwhileNothing' }] as const;
    });
  const values = Object.fromEntries(names.map((name) => [name, typed[name] ?? '']));
  return notAsIs('failures.edit-conflict', Object.fromEntries(fields), { ...values, version: String(version) });
}
