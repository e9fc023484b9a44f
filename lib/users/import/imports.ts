import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { statementIn, type Tx, withTenant, withTenantAtLength } from '@/db';
import { importLines, imports } from '@/db/schema/people';
import type { Cause } from '@/lib/audit/record';
import { countMails, mailFailure } from '@/lib/emails/limits';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { type CheckedLine, type Known, lineChecker, type Verdict } from '@/lib/users/import/check';
import { isMapping, type Mapping } from '@/lib/users/import/columns';
import { readCsv } from '@/lib/users/import/read';
import { queueWork } from '@/lib/users/unfinished';
import { roomNow } from '@/lib/users/users';

const AT_ONCE = 1000;
const DEADLINE = seconds(60);

/** Takes a file in: its lines wait in a table until somebody says what they mean. Nobody is touched. Fails with `no-file`, and as readCsv does, at `file`. */
export async function uploadFile(tenant: Tenant, file: { name: string; bytes: Buffer }, cause: Cause) {
  if (file.bytes.length === 0) return failure('no-file', { field: 'file' });
  const read = await readCsv(file.bytes);
  if (!read.ok) return { ...read, field: 'file' };
  const digest = createHash('sha256').update(file.bytes).digest();
  const fileName = [...file.name.replace(/\p{C}/gu, '')].slice(-120).join('') || 'users.csv';
  return withTenantAtLength(tenant.id, DEADLINE, async (tx) => {
    const [row] = await tx
      .insert(imports)
      .values({
        tenantId: tenant.id,
        byUser: cause.actorId,
        fileName,
        digest,
        header: read.header,
        total: read.lines.length,
      })
      .returning({ id: imports.id });
    if (!row) throw new Error('no import was made');
    for (let at = 0; at < read.lines.length; at += AT_ONCE) {
      await statementIn(
        tx,
        `insert into import_lines (tenant_id, import_id, line, cells)
         select $1::uuid, $2::uuid, line, cells from json_to_recordset($3::text::json) as x(line int, cells jsonb)
         on conflict do nothing`,
        [tenant.id, row.id, JSON.stringify(read.lines.slice(at, at + AT_ONCE))],
      );
    }
    return { ok: true, id: row.id } as const;
  });
}

/**
 * The dry run: judges every line by what the columns are said to mean, and by who is there now. Changes nobody; can be done again
 * until the import is applied. Fails with `not-found`, `mapping`, `import-over`.
 */
export async function planImport(
  tenant: Tenant,
  asked: string,
  { mapping, invite }: { mapping: Mapping; invite: boolean },
  cause: Cause,
) {
  const id = readId(asked);
  if (!id) return failure('not-found');
  return withTenantAtLength(tenant.id, DEADLINE, async (tx) => {
    const found = await lockImport(tx, tenant.id, id);
    if (!found) return failure('not-found');
    if (found.state === 'applying' || found.state === 'applied') return failure('import-over');
    if (!isMapping(mapping, found.header.length)) return failure('mapping', { field: 'username' });
    const judge = lineChecker(mapping, await existingUsers(tx, tenant.id), cause.actorId);
    const counts: Record<Verdict, number> = { create: 0, change: 0, same: 0, refused: 0 };
    for (let last = 0; ; ) {
      const lines = await linesBehind(tx, tenant.id, id, last);
      if (lines.length === 0) break;
      last = lines.at(-1)?.line ?? last;
      const judged = lines.map(judge);
      for (const { verdict } of judged) counts[verdict] += 1;
      await keep(tx, tenant.id, id, judged);
    }
    await tx
      .update(imports)
      .set({ mapping, invite, counts, state: 'planned', failure: null, done: 0 })
      .where(isImport(tenant.id, id));
    return { ok: true, counts } as const;
  });
}

/**
 * Lets a planned import be applied, by a job. Fails with `not-found`, `import-over` where it is not
 * waiting for that, `too-many-mails` to invite, `import-refused` where lines were refused and
 * `withoutRefused` does not leave them out.
 */
export async function startImport(tenant: Tenant, asked: string, withoutRefused: boolean, cause: Cause) {
  const id = readId(asked);
  if (!id) return failure('not-found');
  return withTenant(tenant.id, async (tx) => {
    const found = await lockImport(tx, tenant.id, id);
    if (!found) return failure('not-found');
    if (found.state !== 'planned') return failure('import-over');
    if (found.counts && found.counts.refused > 0 && !withoutRefused)
      return failure('import-refused', { field: 'withoutRefused', count: found.counts.refused });
    const { actorId, address, userAgent, requestId } = cause;
    await tx
      .update(imports)
      .set({ state: 'applying', withoutRefused, done: 0, cause: { actorId, address, userAgent, requestId } })
      .where(isImport(tenant.id, id));
    if (found.invite) await countInvitations(tx, tenant.id, id, actorId);
    await queueWork(tx, { tenantId: tenant.id, task: 'import', id });
    return { ok: true } as const;
  }).catch(mailFailure());
}

/**
 * Counts all invitations of an import when it starts; their addresses are not counted one by one.
 * Throws TooManyMails.
 */
async function countInvitations(tx: Tx, tenantId: string, id: string, senderId: string | null) {
  const [row] = await statementIn<{ count: number }>(
    tx,
    `select count(*)::int as count from import_lines
     where tenant_id = $1::uuid and import_id = $2::uuid and verdict = 'create' and person ->> 'email' is not null`,
    [tenantId, id],
  );
  await countMails(tx, 'invitation', { tenantId, senderId, recipient: null }, row?.count ?? 0);
}

/**
 * Returns whether a planned import grants the administrator role, or changes the address of someone
 * who has it.
 */
export async function touchesAdministrators(tenant: Tenant, asked: string) {
  const id = readId(asked);
  if (!id) return false;
  const [row] = await withTenant(tenant.id, (tx) =>
    statementIn<{ touches: boolean }>(
      tx,
      `select exists (select from import_lines l left join users u on u.tenant_id = $1::uuid and u.id = l.user_id
         where l.tenant_id = $1::uuid and l.import_id = $2::uuid and l.verdict in ('create', 'change') and (
           l.person ->> 'role' = 'administrator' and u.role is distinct from 'administrator'
           or u.role = 'administrator' and l.person ->> 'email' is distinct from u.email)) as touches`,
      [tenant.id, id],
    ),
  );
  return row?.touches ?? false;
}

export type Import = NonNullable<Awaited<ReturnType<typeof findImport>>>;

/** Promises how an import stands, or undefined. */
export async function findImport(tenant: Tenant, asked: string) {
  const id = readId(asked);
  if (!id) return undefined;
  const [row] = await withTenant(tenant.id, (tx) => tx.select().from(imports).where(isImport(tenant.id, id)));
  return row;
}

/** Promises the latest imports. */
export async function recentImports(tenant: Tenant) {
  return withTenant(tenant.id, (tx) =>
    tx
      .select({
        id: imports.id,
        fileName: imports.fileName,
        state: imports.state,
        total: imports.total,
        counts: imports.counts,
        createdAt: imports.createdAt,
      })
      .from(imports)
      .where(eq(imports.tenantId, tenant.id))
      .orderBy(desc(imports.createdAt))
      .limit(10),
  );
}

/** Promises lines of an import with what was said of them, from behind line `after`; with a verdict, those alone. */
export async function linesOf(
  tenant: Tenant,
  id: string,
  { verdict, after = 0, limit = 50 }: { verdict?: Verdict; after?: number; limit?: number } = {},
) {
  return withTenant(tenant.id, (tx) =>
    tx
      .select({
        line: importLines.line,
        cells: importLines.cells,
        verdict: importLines.verdict,
        reasons: importLines.reasons,
        person: importLines.person,
        userId: importLines.userId,
      })
      .from(importLines)
      .where(
        and(
          eq(importLines.tenantId, tenant.id),
          eq(importLines.importId, id),
          gt(importLines.line, after),
          verdict ? eq(importLines.verdict, verdict) : undefined,
        ),
      )
      .orderBy(asc(importLines.line))
      .limit(limit),
  );
}

async function lockImport(tx: Tx, tenantId: string, id: string) {
  const [row] = await tx.select().from(imports).where(isImport(tenantId, id)).for('update');
  return row;
}

async function existingUsers(tx: Tx, tenantId: string) {
  const room = await roomNow(tx, tenantId);
  const known = await statementIn<Known>(
    tx,
    `select id, username, extension, first_name as "firstName", last_name as "lastName", email, role, locale, emergency, version
     from users where tenant_id = $1::uuid`,
    [tenantId],
  );
  const byEmail = new Map<string, number>();
  for (const { email } of known) {
    if (email) byEmail.set(email.toLowerCase(), (byEmail.get(email.toLowerCase()) ?? 0) + 1);
  }
  return {
    room,
    byUsername: new Map(known.map((one) => [one.username, one])),
    byExtension: new Map(
      known.flatMap(({ extension, username }) => (extension ? [[extension, username] as const] : [])),
    ),
    byEmail,
  };
}

function linesBehind(tx: Tx, tenantId: string, id: string, after: number) {
  return statementIn<{ line: number; cells: string[] }>(
    tx,
    `select line, cells from import_lines where tenant_id = $1::uuid and import_id = $2::uuid and line > $3
     order by line limit ${AT_ONCE}`,
    [tenantId, id, after],
  );
}

async function keep(tx: Tx, tenantId: string, id: string, judged: CheckedLine[]) {
  await statementIn(
    tx,
    `update import_lines l set verdict = x.verdict, person = x.person, user_id = x."userId", user_version = x."userVersion",
       reasons = array(select json_array_elements_text(x.reasons))
     from json_to_recordset($3::text::json)
       as x(line int, verdict text, person jsonb, "userId" uuid, "userVersion" int, reasons json)
     where l.tenant_id = $1::uuid and l.import_id = $2::uuid and l.line = x.line`,
    [tenantId, id, JSON.stringify(judged)],
  );
}

export function isImport(tenantId: string, id: string) {
  return and(eq(imports.tenantId, tenantId), eq(imports.id, id));
}
