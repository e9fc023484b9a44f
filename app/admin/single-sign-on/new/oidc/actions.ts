'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { id } from '@/lib/ids';
import { userAction } from '@/lib/request/action';
import { connectOidc } from '@/lib/sso/oidc/set-up';
import { oidcFields } from '../../fields';

export const connect = userAction(
  z.object({ ...oidcFields, connection: id, clientSecret: z.string().trim().min(1).max(1000) }),
  async ({ tenant, cause }, { connection, clientSecret, ends, ...input }) => {
    const form = { ...input, secret: clientSecret, secretExpiresAt: ends };
    const result = await connectOidc(tenant, connection, form, cause);
    return result.ok ? redirect(`/admin/single-sign-on/${connection}?done=connected`) : result;
  },
  'single-sign-on',
  true,
);
