import { eq, sql } from 'drizzle-orm';
import { codeOf, statementIn, type Tx, withTenant, withTenantAtLength } from '@/db';
import { imports } from '@/db/schema/people';
import { users } from '@/db/schema/users';
import { changesBetween } from '@/lib/audit/changes';
import type { AuditEvent } from '@/lib/audit/events';
import { type AuditDetail, type Cause, recordMany } from '@/lib/audit/record';
import { newOneTimeToken } from '@/lib/crypto';
import { queueMails } from '@/lib/emails/queue';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { hasOtherAdministrator, lockAdministrators } from '@/lib/users/administrators';
import { isImport } from '@/lib/users/import/imports';
import { roomFor } from '@/lib/users/users';

export type ImportJob = { tenantId: string; importId: string };

const AT_ONCE = 250;
const DEADLINE = seconds(50);

/** Why nothing of an import was done: people have changed since the dry run, or it would leave nobody in charge. */
type Undone = 'import-stale' | 'user-limit' | 'last-administrator' | 'not-administrator';

/** The tenant was suspended: nothing is kept, and the import is applied when it is opened again. */
class Suspended extends Error {}

class Refused extends Error {
  constructor(readonly why: Undone) {
    super(why);
  }
}

/**
 * Applies an import that was started: everybody is created, changed and noted in one transaction, or nobody. Run twice it does
 * it once. What was refused is kept as the import's `failure`, and it can be planned again.
 */
export async function applyImport(tenant: Tenant, id: string) {
  try {
    await withTenantAtLength(tenant.id, DEADLINE, (tx) => applyIn(tx, tenant, id));
  } catch (error) {
    if (error instanceof Suspended) return;
    const why = error instanceof Refused ? error.why : isTaken(error) ? 'import-stale' : undefined;
    if (!why) throw error;
    await withTenant(tenant.id, (tx) =>
      tx
        .update(imports)
        .set({ state: 'failed', failure: why, done: 0, finishedAt: sql`now()` })
        .where(isImport(tenant.id, id)),
    );
  }
}

async function applyIn(tx: Tx, tenant: Tenant, id: string) {
  // Whoever comes second finds the first at work, or done. Not the row itself: its progress is written from beside.
  const [mine] = await statementIn<{ free: boolean }>(
    tx,
    `select pg_try_advisory_xact_lock(hashtextextended('import ' || $1, 0)) as free`,
    [id],
  );
  const [found] = await tx.select().from(imports).where(isImport(tenant.id, id));
  if (!mine?.free || found?.state !== 'applying' || !found.cause) return;
  const cause = found.cause as Cause;
  await assertOpen(tx, tenant.id);
  // First, as every other change does that may take a role away.
  await lockAdministrators(tx, tenant.id);
  await assertStillAdministrator(tx, tenant.id, cause.actorId);
  const wasInCharge = await hasOtherAdministrator(tx, tenant.id);
  const work = await linesToApply(tx, tenant.id, id);
  const created = work.filter(({ verdict }) => verdict === 'create');
  const changed = work.filter(({ verdict }) => verdict === 'change');
  if ((await roomFor(tx, tenant.id)) < created.length) throw new Refused('user-limit');

  let done = 0;
  const progress = async (more: number) => {
    done += more;
    await withTenant(tenant.id, (beside) => beside.update(imports).set({ done }).where(isImport(tenant.id, id)));
  };
  for (const part of inParts(created)) {
    await create(tx, tenant.id, part);
    if (found.invite) await inviteAll(tx, tenant.id, part);
    await progress(part.length);
  }
  const before = new Map<string, Person>();
  for (const part of inParts(changed)) {
    for (const row of await change(tx, tenant.id, part)) before.set(row.id, row);
    await progress(part.length);
  }
  await assertSomebodyInCharge(tx, tenant.id);
  if (wasInCharge && !(await hasOtherAdministrator(tx, tenant.id))) throw new Refused('last-administrator');
  await assertOpen(tx, tenant.id);
  await tx
    .update(imports)
    .set({ state: 'applied', failure: null, finishedAt: sql`now()` })
    .where(isImport(tenant.id, id));
  await recordMany(tx, tenant.id, cause, eventsOf(id, found, created, changed, before));
}

type Work = {
  line: number;
  verdict: 'create' | 'change';
  reasons: string[];
  userId: string;
  userVersion: number | null;
  username: string;
  role: string;
  email: string | null;
};

function linesToApply(tx: Tx, tenantId: string, id: string) {
  return statementIn<Work & { person: string }>(
    tx,
    `select line, verdict, reasons, user_id as "userId", user_version as "userVersion", person::text as person,
       person ->> 'username' as username, person ->> 'role' as role, person ->> 'email' as email
     from import_lines where tenant_id = $1::uuid and import_id = $2::uuid and verdict in ('create', 'change') order by line`,
    [tenantId, id],
  );
}

async function create(tx: Tx, tenantId: string, part: (Work & { person: string })[]) {
  await statementIn(
    tx,
    `insert into users (tenant_id, id, username, extension, first_name, last_name, email, role, locale)
     select $1::uuid, "userId", username, extension, "firstName", "lastName", email, role, locale
     from json_to_recordset($2::text::json) as x("userId" uuid, username text, extension text, "firstName" text,
       "lastName" text, email text, role text, locale text)`,
    [tenantId, rowsOf(part)],
  );
}

/** Each must still be as the dry run saw him. Another address kills the links mailed to the old one, which is told. */
async function change(tx: Tx, tenantId: string, part: (Work & { person: string })[]) {
  const before = await lockUsers(tx, tenantId, part);
  const moved = part.filter(({ reasons }) => reasons.includes('changed:email')).map(({ userId }) => userId);
  if (moved.length > 0) await tellOldAddresses(tx, tenantId, moved);
  const rows = await statementIn(
    tx,
    `update users u set extension = x.extension, first_name = x."firstName", last_name = x."lastName", email = x.email,
       role = x.role, locale = x.locale
     from json_to_recordset($2::text::json) as x("userId" uuid, "userVersion" int, extension text, "firstName" text,
       "lastName" text, email text, role text, locale text)
     where u.tenant_id = $1::uuid and u.id = x."userId" and u.version = x."userVersion" returning u.id`,
    [tenantId, rowsOf(part)],
  );
  if (rows.length !== part.length) throw new Refused('import-stale');
  return before;
}

type Person = Record<(typeof FIELDS)[number], string | null> & { id: string };
const FIELDS = ['extension', 'firstName', 'lastName', 'email', 'role', 'locale'] as const;

/** Returns people as they are before the change, for the audit trail. */
function lockUsers(tx: Tx, tenantId: string, part: Work[]) {
  return statementIn<Person>(
    tx,
    `select id, extension, first_name as "firstName", last_name as "lastName", email, role, locale from users
     where tenant_id = $1::uuid and id in (select value::uuid from json_array_elements_text($2::text::json)) for update`,
    [tenantId, JSON.stringify(part.map(({ userId }) => userId))],
  );
}

async function tellOldAddresses(tx: Tx, tenantId: string, userIds: string[]) {
  const all = JSON.stringify(userIds);
  const rows = await statementIn<{ userId: string; to: string }>(
    tx,
    `select id as "userId", email as to from users where tenant_id = $1::uuid and email is not null
       and id in (select value::uuid from json_array_elements_text($2::text::json))`,
    [tenantId, all],
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
      [tenantId, all],
    );
  }
}

/** Those with an address are invited by mail; the others need a slip, which somebody must hand over. */
async function inviteAll(tx: Tx, tenantId: string, part: Work[]) {
  const made = part.filter(({ email }) => email).map(({ userId }) => ({ userId, ...newOneTimeToken('invitation') }));
  const rows = made.map(({ userId, keyId, nonce, tokenHash }) => ({
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
    made.map(({ userId, tokenHash }) => ({
      tenantId,
      userId,
      mail: { kind: 'invitation', tokenHash: tokenHash.toString('base64url') },
    })),
  );
}

function eventsOf(
  id: string,
  found: typeof imports.$inferSelect,
  created: Work[],
  changed: (Work & { person: string })[],
  before: Map<string, Person>,
) {
  const events: { event: AuditEvent; told: { subjectId?: string; detail: AuditDetail } }[] = [
    ...created.map(({ userId, role, email }) => ({
      event: 'user_create' as const,
      told: { subjectId: userId, detail: { role, import: id, invited: Boolean(found.invite && email) } },
    })),
    ...changed.map(({ userId, reasons, person }) => ({
      event: 'user_update' as const,
      told: {
        subjectId: userId,
        detail: {
          what: 'details',
          import: id,
          fields: reasons.flatMap((reason) => reason.split('changed:')[1] ?? []).join(' '),
          ...changesOf(before.get(userId), JSON.parse(person)),
        },
      },
    })),
  ];
  const detail = {
    import: id,
    file: found.fileName,
    digest: found.digest.toString('hex'),
    created: created.length,
    changed: changed.length,
    same: found.counts?.same ?? 0,
    refused: found.counts?.refused ?? 0,
  };
  return [...events, { event: 'users_import' as const, told: { detail } }];
}

async function assertOpen(tx: Tx, tenantId: string) {
  const rows = await statementIn(tx, `select 1 from tenants where id = $1::uuid and status = 'active'`, [tenantId]);
  if (rows.length === 0) throw new Suspended();
}

/**
 * Returns what a line changes; a new role by its own name too, for the sentence that tells of it.
 */
function changesOf(before: Person | undefined, person: Person): AuditDetail {
  const after = Object.fromEntries(FIELDS.map((field) => [field, person[field] ?? null]));
  const changes = changesBetween(before, after);
  return 'new.role' in changes ? { ...changes, role: person.role } : changes;
}

/** Null is the operator at the command line. */
async function assertStillAdministrator(tx: Tx, tenantId: string, actorId: string | null) {
  if (actorId === null) return;
  const rows = await statementIn(
    tx,
    `select 1 from users where tenant_id = $1::uuid and id = $2::uuid and role = 'administrator' and status = 'active' for share`,
    [tenantId, actorId],
  );
  if (rows.length === 0) throw new Refused('not-administrator');
}

async function assertSomebodyInCharge(tx: Tx, tenantId: string) {
  const anybody = await tx.select({ id: users.id }).from(users).where(eq(users.tenantId, tenantId)).limit(1);
  const rows = await statementIn(
    tx,
    `select 1 from users where tenant_id = $1::uuid and role = 'administrator' and status = 'active' limit 1`,
    [tenantId],
  );
  if (anybody.length > 0 && rows.length === 0) throw new Refused('last-administrator');
}

function inParts<Item>(items: Item[]) {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, at) =>
    items.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
}

function rowsOf(part: (Work & { person: string })[]) {
  return JSON.stringify(
    part.map(({ person, userId, userVersion }) => ({ ...JSON.parse(person), userId, userVersion })),
  );
}

function isTaken(error: unknown) {
  return codeOf(error) === '23505';
}
