import { statementIn, type Tx } from '@/db';
import { queueMails } from '@/lib/emails/queue';
import { ImportFailed, type LineToApply, plannedUsers } from '@/lib/users/import/apply-lines';

export const CHANGEABLE = ['extension', 'firstName', 'lastName', 'email', 'role', 'locale'] as const;

/** What an import can change of a user, as it was before the change. */
export type UserBefore = Record<(typeof CHANGEABLE)[number], string | null> & { id: string };

/**
 * Changes the users of a batch and returns them as they were. Throws ImportFailed where one has
 * changed since the plan. A new address invalidates links mailed to the old one, which is notified.
 */
export async function changeUsers(tx: Tx, tenantId: string, batch: LineToApply[]) {
  const before = await lockUsers(tx, tenantId, batch);
  const moved = batch.filter(({ reasons }) => reasons.includes('changed:email')).map(({ userId }) => userId);
  if (moved.length > 0) await notifyOldAddresses(tx, tenantId, moved);
  const rows = await statementIn(
    tx,
    `update users u set extension = x.extension, first_name = x."firstName", last_name = x."lastName", email = x.email,
       role = x.role, locale = x.locale
     from json_to_recordset($2::text::json) as x("userId" uuid, "userVersion" int, extension text, "firstName" text,
       "lastName" text, email text, role text, locale text)
     where u.tenant_id = $1::uuid and u.id = x."userId" and u.version = x."userVersion" returning u.id`,
    [tenantId, plannedUsers(batch)],
  );
  if (rows.length !== batch.length) throw new ImportFailed('import-stale');
  return before;
}

function lockUsers(tx: Tx, tenantId: string, batch: LineToApply[]) {
  return statementIn<UserBefore>(
    tx,
    `select id, extension, first_name as "firstName", last_name as "lastName", email, role, locale from users
     where tenant_id = $1::uuid and id in (select value::uuid from json_array_elements_text($2::text::json)) for update`,
    [tenantId, JSON.stringify(batch.map(({ userId }) => userId))],
  );
}

async function notifyOldAddresses(tx: Tx, tenantId: string, userIds: string[]) {
  const ids = JSON.stringify(userIds);
  const rows = await statementIn<{ userId: string; to: string }>(
    tx,
    `select id as "userId", email as to from users where tenant_id = $1::uuid and email is not null
       and id in (select value::uuid from json_array_elements_text($2::text::json))`,
    [tenantId, ids],
  );
  const mail = { kind: 'email-changed', at: new Date().toISOString() } as const;
  await queueMails(
    tx,
    rows.map((row) => ({ tenantId, ...row, mail })),
  );
  for (const table of ['password_resets', 'email_changes', 'invitations']) {
    await statementIn(
      tx,
      `delete from ${table} where tenant_id = $1::uuid and user_id in (select value::uuid from json_array_elements_text($2::text::json))`,
      [tenantId, ids],
    );
  }
}
