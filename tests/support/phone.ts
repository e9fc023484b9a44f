import type { Cause } from '@/lib/audit/record';
import { savePhoneSettings } from '@/lib/phone/settings';
import type { PhoneInput } from '@/lib/phone/settings-form';
import { newTenant } from '@/tests/support/users';

export const SIP_SECRET = 'portal-shared-secret';
export const SOCKET = 'wss://sip.kettle.example/ws';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

/** Returns settings as an administrator would type them. */
export function phoneInput(more: Partial<PhoneInput> = {}): PhoneInput {
  return {
    domain: 'kettle.example',
    socket: SOCKET,
    iceServers: [],
    way: 'ephemeral',
    secret: SIP_SECRET,
    country: 'CA',
    otherDomains: false,
    wrapUpSeconds: 30,
    ...more,
  };
}

/** Returns a tenant whose people with an extension have a phone. */
export async function newPhoneTenant(
  phone: Partial<PhoneInput> = {},
  { entitlements = [], ...more }: Parameters<typeof newTenant>[0] = {},
) {
  const tenant = await newTenant({ ...more, entitlements: ['phone', ...entitlements] });
  const saved = await savePhoneSettings(tenant, phoneInput(phone), cause);
  if (!saved.ok) throw new Error(`no phone settings: ${saved.error}`);
  return tenant;
}
