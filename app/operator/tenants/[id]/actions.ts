'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { entitlements, limitOf, settings, tickedOf } from '@/app/operator/tenants/fields';
import { version } from '@/lib/forms/version';
import { idOrNone } from '@/lib/ids';
import { showMoment } from '@/lib/language/show';
import { confirmOperatorPassword } from '@/lib/operators/password';
import { cancelDeletion, orderDeletion } from '@/lib/operators/tenants/delete';
import { proveDomain, removeDomain, requestDomain } from '@/lib/operators/tenants/domain';
import { inviteAgain } from '@/lib/operators/tenants/invite-again';
import { findManagedTenant } from '@/lib/operators/tenants/list';
import { setEntitlements, updateTenant } from '@/lib/operators/tenants/settings';
import { resumeTenant, suspendTenant } from '@/lib/operators/tenants/suspend';
import { operatorAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { failure } from '@/lib/result';

const one = z.object({ tenant: idOrNone });

export const saveSettings = operatorAction(one.extend({ ...settings, version }), async ({ cause }, form) => {
  const { tenant, version, ...input } = form;
  const result = await updateTenant(tenant, { ...input, userLimit: limitOf(input.userLimit) }, cause, version);
  return result.ok ? changed('tenant.saved') : result;
});

export const saveEntitlements = operatorAction(
  one.extend({ ...entitlements, version }),
  async ({ cause }, { tenant, version, ...input }) => {
    const result = await setEntitlements(tenant, tickedOf(input), cause, version);
    return result.ok ? changed('tenant.entitlementsSaved') : result;
  },
  true,
);

export const beginDomain = operatorAction(
  one.extend({ domain: z.string().trim().min(1).max(253), version }),
  async ({ cause }, { tenant, domain, version }) => {
    const result = await requestDomain(tenant, domain, cause, version);
    return result.ok ? changed('tenant.domainAsked') : result;
  },
);

export const checkDomain = operatorAction(one, async ({ cause }, { tenant }) => {
  const found = await findManagedTenant(tenant);
  const result = found ? await proveDomain(found, cause) : failure('not-found');
  return result.ok ? changed('tenant.domainProved', { domain: result.domain }) : result;
});

export const dropDomain = operatorAction(one.extend({ version }), async ({ cause }, { tenant, version }) => {
  const result = await removeDomain(tenant, cause, version);
  return result.ok ? changed('tenant.domainRemoved') : result;
});

export const inviteFirstAgain = operatorAction(
  one.extend({ email: z.string().trim().min(1).max(254) }),
  async ({ cause }, { tenant, email }) => {
    const result = await inviteAgain(tenant, email, cause);
    return result.ok ? changed('tenant.invited') : result;
  },
  true,
);

export const suspend = operatorAction(one, async ({ cause }, { tenant }) => {
  const result = await suspendTenant(tenant, cause);
  return result.ok ? changed('tenant.suspended', { count: result.ended }) : result;
});

export const resume = operatorAction(one, async ({ cause }, { tenant }) => {
  const result = await resumeTenant(tenant, cause);
  return result.ok ? changed('tenant.resumed') : result;
});

export const orderTenantDeletion = operatorAction(
  one.extend({ accountId: z.string().trim().min(1).max(63), password: z.string().min(1) }),
  async ({ operator, locale, timeZone, cause }, { tenant, accountId, password }) => {
    const again = await confirmOperatorPassword(operator.id, password, 'password', cause);
    if (!again.ok) return again;
    const result = await orderDeletion(tenant, accountId, cause);
    return result.ok ? changed('tenant.deleteOrdered', { when: showMoment(result.at, locale, timeZone) }) : result;
  },
  true,
);

export const takeDeletionBack = operatorAction(one, async ({ cause }, { tenant }) => {
  const result = await cancelDeletion(tenant, cause);
  return result.ok ? changed('tenant.deleteCancelled') : result;
});

function changed(key: string, values?: Record<string, string | number>) {
  refresh();
  return doneState(key, values);
}
