import { statementIn, type Tx } from '@/db';

const LINES_PER_BATCH = 250;

/** The planned user is JSON text in `user`; `username`, `role` and `email` repeat its fields. */
export type LineToApply = {
  line: number;
  verdict: 'create' | 'change';
  reasons: string[];
  user: string;
  userId: string;
  userVersion: number | null;
  username: string;
  role: string;
  email: string | null;
};

/**
 * Thrown where an import is refused: users have changed since it was planned, or it would break a
 * rule.
 */
export class ImportFailed extends Error {
  constructor(readonly reason: 'import-stale' | 'user-limit' | 'last-administrator' | 'not-administrator') {
    super(reason);
  }
}

/** Returns the lines that create or change a user, in the order of the file. */
export function findLinesToApply(tx: Tx, tenantId: string, importId: string) {
  return statementIn<LineToApply>(
    tx,
    `select line, verdict, reasons, user_id as "userId", user_version as "userVersion", person::text as "user",
       person ->> 'username' as username, person ->> 'role' as role, person ->> 'email' as email
     from import_lines where tenant_id = $1::uuid and import_id = $2::uuid and verdict in ('create', 'change') order by line`,
    [tenantId, importId],
  );
}

/** Returns the lines in batches, each for one statement. */
export function batchesOf(lines: LineToApply[]) {
  return Array.from({ length: Math.ceil(lines.length / LINES_PER_BATCH) }, (_, at) =>
    lines.slice(at * LINES_PER_BATCH, (at + 1) * LINES_PER_BATCH),
  );
}

/** Returns the planned users with their ids and versions as JSON, for `json_to_recordset`. */
export function plannedUsers(batch: LineToApply[]) {
  return JSON.stringify(batch.map(({ user, userId, userVersion }) => ({ ...JSON.parse(user), userId, userVersion })));
}
