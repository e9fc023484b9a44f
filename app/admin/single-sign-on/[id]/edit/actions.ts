'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { version } from '@/lib/forms/version';
import { idOrNone } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { findConnection } from '@/lib/sso/connections/connections';
import { changeOidc } from '@/lib/sso/oidc/set-up';
import { changeSaml } from '@/lib/sso/saml/set-up';
import type { Tenant } from '@/lib/tenants/tenants';
import { oidcFields, samlFields } from '../../fields';

export const saveOidc = userAction(
  z.object({ ...oidcFields, connection: idOrNone, clientSecret: z.string().trim().max(1000), version }),
  async ({ tenant, cause }, { connection, clientSecret, ends, version, ...input }) => {
    const form = { ...input, secret: clientSecret, secretExpiresAt: ends };
    const result = await changeOidc(tenant, connection, form, cause, version);
    return result.ok ? showChanged(tenant, connection) : result;
  },
  'single-sign-on',
  true,
);

export const saveSaml = userAction(
  z.object({ ...samlFields, connection: idOrNone, source: z.enum(['keep', 'url', 'file', 'text']), version }),
  async ({ tenant, cause }, { connection, version, ...form }) => {
    const result = await changeSaml(tenant, connection, form, cause, { version });
    return result.ok ? showChanged(tenant, connection) : result;
  },
  'single-sign-on',
  true,
);

/** Goes to the connection, which says that it was changed until it changes again. */
async function showChanged(tenant: Tenant, id: string): Promise<never> {
  const at = (await findConnection(tenant, id))?.updatedAt.getTime();
  return redirect(`/admin/single-sign-on/${id}?done=changed&at=${at}`);
}
