import { CAUSE, type Command, type Given, type Outcome } from '@/bin/command/outcome';
import { findTenant, type Tenant } from '@/lib/tenants/tenants';
import { findUserByName } from '@/lib/users/find-user';
import { endAllSessions, resetTwoFactor, unlock } from '@/lib/users/help';

const USER_ARGUMENTS = ['<account ID>', '<username or extension>'];

export const resetTwoFactorCommand: Command = {
  words: USER_ARGUMENTS,
  what: 'takes a lost second factor away; the next sign-in sets up another',
  more: ['The app and the recovery codes stop working, all sessions end, and the person is told by e-mail.'],
  run: (given) => changeUserCommand(given, resetTwoFactor, 'The second factor is reset.'),
};

export const unlockCommand: Command = {
  words: USER_ARGUMENTS,
  what: 'lets a person who was locked out try again at once',
  run: (given) => changeUserCommand(given, unlock, 'Sign-in is unlocked.'),
};

export const endSessionsCommand: Command = {
  words: USER_ARGUMENTS,
  what: 'signs a person out on every device',
  run: (given) => changeUserCommand(given, endAllSessions, 'All sessions are ended.'),
};

async function changeUserCommand(
  { words: [accountId = '', name = ''] }: Given,
  act: (tenant: Tenant, userId: string, cause: typeof CAUSE) => Promise<{ ok: true } | { ok: false; error: string }>,
  done: string,
): Promise<Outcome> {
  const tenant = await findTenant(accountId);
  if (!tenant) return { ok: false, error: 'no-tenant' };
  const user = await findUserByName(tenant, name);
  if (!user) return { ok: false, error: 'no-user' };
  const result = await act(tenant, user.id, CAUSE);
  if (!result.ok) return result;
  return {
    ok: true,
    told: { tenant: tenant.accountId, user: user.id, name: user.name },
    text: `${user.name}: ${done}`,
  };
}
