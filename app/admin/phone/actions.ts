'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { env } from '@/lib/env';
import { version } from '@/lib/forms/version';
import { removePhoneSettings, savePhoneSettings } from '@/lib/phone/settings';
import { PHONE_BOUNDS, readIceServers, readSocket } from '@/lib/phone/settings-form';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';

const settings = z.object({
  domain: z.string().trim().toLowerCase().min(1).max(253),
  socket: z.string().trim().min(1).max(300),
  country: z.string().max(2),
  way: z.enum(['ephemeral', 'per-user']),
  secret: z.string().trim().max(PHONE_BOUNDS.secret.max).default(''),
  iceServers: z.string().max(3000).default(''),
  otherDomains: z.literal('on').optional(),
  wrapUpSeconds: z
    .string()
    .trim()
    .regex(/^\d{1,4}$/)
    .transform(Number),
  version,
});

export const savePhone = userAction(
  settings,
  async ({ tenant, cause }, { socket: typed, iceServers, otherDomains, version, ...rest }) => {
    const read = readSocket(typed, { plain: env().local });
    if (!read.ok) return read;
    const input = {
      ...rest,
      socket: read.socket,
      iceServers: readIceServers(iceServers),
      otherDomains: otherDomains === 'on',
    };
    const result = await savePhoneSettings(tenant, input, cause, version);
    if (!result.ok) return result;
    refresh();
    return doneState('adminPhone.saved');
  },
  'phone',
  true,
);

export const removePhone = userAction(
  z.object({}),
  async ({ tenant, cause }) => {
    const result = await removePhoneSettings(tenant, cause);
    if (!result.ok) return result;
    refresh();
    return doneState('adminPhone.removed');
  },
  'phone',
  true,
);
