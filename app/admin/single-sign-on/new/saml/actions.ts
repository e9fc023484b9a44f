'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { id } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { connectSaml } from '@/lib/sso/saml/set-up';
import { samlFields } from '../../fields';

export const connect = userAction(
  z.object({ ...samlFields, connection: id, source: z.enum(['url', 'file', 'text']) }),
  async ({ tenant, cause }, { connection, ...form }) => {
    const result = await connectSaml(tenant, connection, form, cause);
    return result.ok ? redirect(`/admin/single-sign-on/${connection}?done=connected`) : result;
  },
  'single-sign-on',
  true,
);
