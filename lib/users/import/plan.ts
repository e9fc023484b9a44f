import { statementIn, type Tx, withTenantAtLength } from '@/db';
import { imports } from '@/db/schema/user-administration';
import type { Cause } from '@/lib/audit/record';
import { readId } from '@/lib/ids';
import { failure } from '@/lib/result';
import type { Tenant } from '@/lib/tenants/tenants';
import { seconds } from '@/lib/time';
import { type CheckedLine, type ExistingUser, lineChecker, type Verdict } from '@/lib/users/import/check';
import { isMapping, type Mapping } from '@/lib/users/import/columns';
import { isImport, lockImport } from '@/lib/users/import/imports';
import { countRemainingUsers } from '@/lib/users/user-limit';

const LINES_PER_STATEMENT = 1000;
const DEADLINE = seconds(60);

/**
 * Checks every line against the users of now, without changing any. Can be repeated until the
 * import is applied. Fails with `not-found`, `mapping`, `import-over`.
 */
export async function planImport(
  tenant: Tenant,
  importId: string,
  { mapping, invite }: { mapping: Mapping; invite: boolean },
  cause: Cause,
) {
  const id = readId(importId);
  if (!id) return failure('not-found');
  return withTenantAtLength(tenant.id, DEADLINE, async (tx) => {
    const found = await lockImport(tx, tenant.id, id);
    if (!found) return failure('not-found');
    if (found.state === 'applying' || found.state === 'applied') return failure('import-over');
    if (!isMapping(mapping, found.header.length)) return failure('mapping', { field: 'username' });
    const check = lineChecker(mapping, await findExisting(tx, tenant.id), cause.actorId);
    const counts = await checkLines(tx, tenant.id, id, check);
    await tx
      .update(imports)
      .set({ mapping, invite, counts, state: 'planned', failure: null, done: 0 })
      .where(isImport(tenant.id, id));
    return { ok: true, counts } as const;
  });
}

async function findExisting(tx: Tx, tenantId: string) {
  const room = await countRemainingUsers(tx, tenantId);
  const existing = await statementIn<ExistingUser>(
    tx,
    `select id, username, extension, first_name as "firstName", last_name as "lastName", email, role, locale, emergency, version
     from users where tenant_id = $1::uuid`,
    [tenantId],
  );
  const byEmail = new Map<string, number>();
  for (const { email } of existing) {
    if (email) byEmail.set(email.toLowerCase(), (byEmail.get(email.toLowerCase()) ?? 0) + 1);
  }
  return {
    room,
    byUsername: new Map(existing.map((user) => [user.username, user])),
    byExtension: new Map(
      existing.flatMap(({ extension, username }) => (extension ? [[extension, username] as const] : [])),
    ),
    byEmail,
  };
}

async function checkLines(tx: Tx, tenantId: string, id: string, check: ReturnType<typeof lineChecker>) {
  const counts: Record<Verdict, number> = { create: 0, change: 0, same: 0, refused: 0 };
  for (let last = 0; ; ) {
    const lines = await findLinesAfter(tx, tenantId, id, last);
    if (lines.length === 0) return counts;
    last = lines.at(-1)?.line ?? last;
    const checked = lines.map(check);
    for (const { verdict } of checked) counts[verdict] += 1;
    await storeVerdicts(tx, tenantId, id, checked);
  }
}

function findLinesAfter(tx: Tx, tenantId: string, id: string, after: number) {
  return statementIn<{ line: number; cells: string[] }>(
    tx,
    `select line, cells from import_lines where tenant_id = $1::uuid and import_id = $2::uuid and line > $3
     order by line limit ${LINES_PER_STATEMENT}`,
    [tenantId, id, after],
  );
}

async function storeVerdicts(tx: Tx, tenantId: string, id: string, checked: CheckedLine[]) {
  await statementIn(
    tx,
    `update import_lines l set verdict = x.verdict, person = x."user", user_id = x."userId", user_version = x."userVersion",
       reasons = array(select json_array_elements_text(x.reasons))
     from json_to_recordset($3::text::json)
       as x(line int, verdict text, "user" jsonb, "userId" uuid, "userVersion" int, reasons json)
     where l.tenant_id = $1::uuid and l.import_id = $2::uuid and l.line = x.line`,
    [tenantId, id, JSON.stringify(checked)],
  );
}
