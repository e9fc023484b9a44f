'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { FIELDS, type Mapping } from '@/lib/users/import/columns';
import { planImport } from '@/lib/users/import/plan';
import { changesAdministrators, startImport } from '@/lib/users/import/start';

const which = z.object({ import: idOrNone });
const column = z.union([z.literal('').transform(() => undefined), z.coerce.number().int()]).optional();
const columns = Object.fromEntries(FIELDS.map((field) => [field, column])) as Record<
  (typeof FIELDS)[number],
  typeof column
>;

export const checkImport = userAction(
  which.extend({ ...columns, invite: z.string().optional() }),
  async ({ tenant, cause }, { import: id, invite, ...chosen }) => {
    const given = Object.entries(chosen).filter(([, at]) => at !== undefined);
    const mapping = Object.fromEntries(given) as Mapping;
    const result = await planImport(tenant, id, { mapping, invite: Boolean(invite) }, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('import.checked');
  },
  'users',
);

export const applyUserImport = userAction(
  which.extend({ withoutRefused: z.string().optional() }),
  async ({ tenant, cause }, { import: id, withoutRefused }) => {
    const result = await startImport(tenant, id, Boolean(withoutRefused), cause);
    if (!result.ok) return result;
    refresh();
    return doneState('import.started');
  },
  'users',
  ({ tenant }, input) => changesAdministrators(tenant, input.import),
);
