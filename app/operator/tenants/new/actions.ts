'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { entitlements, limitOf, settings, tickedOf } from '@/app/operator/tenants/fields';
import { createTenantWithInvitation } from '@/lib/operators/tenants/create';
import { operatorAction } from '@/lib/request/action';

const schema = z.object({
  ...settings,
  ...entitlements,
  accountId: z.string().trim().min(1).max(63),
  firstName: z.string().trim().min(1).max(60),
  lastName: z.string().trim().min(1).max(60),
  username: z.string().trim().min(1).max(64),
  email: z.string().trim().min(1).max(254),
});

export const createTenantWithAdministrator = operatorAction(
  schema,
  async ({ cause }, input) => {
    const { name, locale, timeZone, accountId, firstName, lastName, username, email } = input;
    const result = await createTenantWithInvitation(
      {
        name,
        locale,
        timeZone,
        accountId,
        userLimit: limitOf(input.userLimit),
        entitlements: tickedOf(input),
        administrator: { firstName, lastName, username, email },
      },
      cause,
    );
    if (!result.ok) return result;
    redirect(`/operator/tenants/${result.tenant.id}?new`);
  },
  true,
);
