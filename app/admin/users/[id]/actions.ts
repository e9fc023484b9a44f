'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { idOrNone } from '@/lib/ids';
import { removeSipPassword, setSipPassword } from '@/lib/phone/accounts';
import { userAction } from '@/lib/request/action';
import { doneState } from '@/lib/request/form-states';
import { releaseLink } from '@/lib/sso/sign-in/links';
import type { Tenant } from '@/lib/tenants/tenants';
import { endAllSessions, resetPassword, resetTwoFactor, unlock } from '@/lib/users/help';
import { inviteUser, makeSlip, revokeInvitation } from '@/lib/users/invite';
import { disable, enable, removeUser, requireSecondFactor, setEmergency, setRole } from '@/lib/users/status';
import { findUser } from '@/lib/users/users';

const userForm = z.object({ user: idOrNone });

export const resetUserTwoFactor = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await resetTwoFactor(tenant, user, cause);
    return result.ok ? changed('user.twoFactorReset') : result;
  },
  'users',
  isAdministrator,
);

export const resetUserPassword = userAction(
  userForm,
  async ({ tenant, policy, cause }, { user }) => {
    const result = await resetPassword(tenant, policy, user, cause);
    if (!result.ok) return result;
    if (result.sent === 'mail') return changed('user.passwordMailed');
    return { ...(await changed('user.passwordShown')), shown: { temporaryPassword: result.temporaryPassword } };
  },
  'users',
  isAdministrator,
);

export const unlockUser = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await unlock(tenant, user, cause);
    return result.ok ? changed('user.unlocked') : result;
  },
  'users',
);

export const endSessions = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await endAllSessions(tenant, user, cause);
    return result.ok ? changed('user.sessionsEnded') : result;
  },
  'users',
);

export const changeStatus = userAction(
  userForm.extend({ status: z.enum(['active', 'disabled']) }),
  async ({ tenant, cause }, { user, status }) => {
    const result = await (status === 'active' ? enable : disable)(tenant, user, cause);
    if (!result.ok) return result;
    return changed(status === 'active' ? 'user.enabled' : 'user.disabled');
  },
  'users',
);

export const changeRole = userAction(
  userForm.extend({ role: z.enum(['agent', 'administrator']) }),
  async ({ tenant, cause }, { user, role }) => {
    const result = await setRole(tenant, user, role, cause);
    if (!result.ok) return result;
    return changed(role === 'agent' ? 'user.madeAgent' : 'user.madeAdministrator');
  },
  'users',
  (_who, { role }) => role === 'administrator',
);

export const changeEmergency = userAction(
  userForm.extend({ emergency: z.enum(['yes', 'no']) }),
  async ({ tenant, cause }, { user, emergency }) => {
    const result = await setEmergency(tenant, user, emergency === 'yes', cause);
    if (!result.ok) return result;
    return changed(emergency === 'yes' ? 'user.emergencyNamed' : 'user.emergencyTaken');
  },
  'users',
  true,
);

export const releaseCompanyAccount = userAction(
  userForm.extend({ connection: idOrNone }),
  async ({ tenant, cause }, { user, connection }) => {
    const result = await releaseLink(tenant, user, connection, cause);
    return result.ok ? changed('user.linkReleased') : result;
  },
  'users',
  true,
);

export const sendInvitation = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await inviteUser(tenant, user, cause);
    return result.ok ? changed('user.invited') : result;
  },
  'users',
);

export const makeUserSlip = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await makeSlip(tenant, user, cause);
    if (!result.ok) return result;
    return { ...(await changed('user.slipReady')), shown: { slip: result.slip } };
  },
  'users',
  isAdministrator,
);

export const revokeUserInvitation = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await revokeInvitation(tenant, user, cause);
    return result.ok ? changed('user.revoked') : result;
  },
  'users',
);

export const setUserSipPassword = userAction(
  userForm.extend({ password: z.string().min(1).max(200) }),
  async ({ tenant, cause }, { user, password }) => {
    const result = await setSipPassword(tenant, user, password, cause);
    return result.ok ? changed('user.sipPasswordSet') : result;
  },
  'users',
  true,
);

export const removeUserSipPassword = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await removeSipPassword(tenant, user, cause);
    return result.ok ? changed('user.sipPasswordRemoved') : result;
  },
  'users',
  true,
);

export const changeSecondFactorRequirement = userAction(
  userForm.extend({ required: z.enum(['yes', 'no']) }),
  async ({ tenant, cause }, { user, required }) => {
    const result = await requireSecondFactor(tenant, user, required === 'yes', cause);
    if (!result.ok) return result;
    return changed(required === 'yes' ? 'user.factorIsAsked' : 'user.factorIsLeft');
  },
  'users',
);

export const deleteUser = userAction(
  userForm,
  async ({ tenant, cause }, { user }) => {
    const result = await removeUser(tenant, user, cause);
    if (!result.ok) return result;
    redirect('/admin/users?done=deleted');
  },
  'users',
);

/** Requires recent proof for actions that would allow signing in as another administrator. */
async function isAdministrator({ tenant }: { tenant: Tenant }, { user }: { user: string }) {
  return (await findUser(tenant, user))?.role === 'administrator';
}

function changed(key: string) {
  refresh();
  return doneState(key);
}
