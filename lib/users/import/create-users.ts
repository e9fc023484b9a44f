import { statementIn, type Tx } from '@/db';
import { newOneTimeToken } from '@/lib/crypto';
import { queueMails } from '@/lib/emails/queue';
import { type LineToApply, plannedUsers } from '@/lib/users/import/apply-lines';

/** Creates the users of a batch. */
export async function createUsers(tx: Tx, tenantId: string, batch: LineToApply[]) {
  await statementIn(
    tx,
    `insert into users (tenant_id, id, username, extension, first_name, last_name, email, role, locale)
     select $1::uuid, "userId", username, extension, "firstName", "lastName", email, role, locale
     from json_to_recordset($2::text::json) as x("userId" uuid, username text, extension text, "firstName" text,
       "lastName" text, email text, role text, locale text)`,
    [tenantId, plannedUsers(batch)],
  );
}

/**
 * Invites the users of a batch by mail. Users without an address are left out: they need a printed
 * slip.
 */
export async function inviteUsers(tx: Tx, tenantId: string, batch: LineToApply[]) {
  const invitations = batch
    .filter(({ email }) => email)
    .map(({ userId }) => ({ userId, ...newOneTimeToken('invitation') }));
  const rows = invitations.map(({ userId, keyId, nonce, tokenHash }) => ({
    userId,
    keyId,
    nonce: nonce.toString('base64'),
    hash: tokenHash.toString('base64'),
  }));
  await statementIn(
    tx,
    `insert into invitations (tenant_id, user_id, way, nonce, key_id, token_hash)
     select $1::uuid, "userId", 'mail', decode(nonce, 'base64'), "keyId", decode(hash, 'base64')
     from json_to_recordset($2::text::json) as x("userId" uuid, "keyId" text, nonce text, hash text)`,
    [tenantId, JSON.stringify(rows)],
  );
  await queueMails(
    tx,
    invitations.map(({ userId, tokenHash }) => ({
      tenantId,
      userId,
      mail: { kind: 'invitation', tokenHash: tokenHash.toString('base64url') },
    })),
  );
}
