import { changesBetween } from '@/lib/audit/changes';
import type { AuditEvent } from '@/lib/audit/events';
import type { AuditDetail, EventDetails } from '@/lib/audit/record';
import type { LineToApply } from '@/lib/users/import/apply-lines';
import { CHANGEABLE, type UserBefore } from '@/lib/users/import/change-users';
import type { Import } from '@/lib/users/import/imports';

type ImportEvent = EventDetails & { event: AuditEvent };

/** Returns the audit events of an applied import: one for each user, and last the import itself. */
export function eventsOf(
  found: Import,
  created: LineToApply[],
  changed: LineToApply[],
  before: Map<string, UserBefore>,
): ImportEvent[] {
  return [
    ...created.map(({ userId, role, email }) => ({
      event: 'user_create' as const,
      subjectId: userId,
      detail: { role, import: found.id, invited: Boolean(found.invite && email) },
    })),
    ...changed.map((line) => ({
      event: 'user_update' as const,
      subjectId: line.userId,
      detail: changeDetail(found.id, line, before.get(line.userId)),
    })),
    {
      event: 'users_import' as const,
      detail: {
        import: found.id,
        file: found.fileName,
        digest: found.digest.toString('hex'),
        created: created.length,
        changed: changed.length,
        same: found.counts?.same ?? 0,
        refused: found.counts?.refused ?? 0,
      },
    },
  ];
}

function changeDetail(importId: string, { reasons, user }: LineToApply, before: UserBefore | undefined): AuditDetail {
  return {
    what: 'details',
    import: importId,
    fields: reasons.flatMap((reason) => reason.split('changed:')[1] ?? []).join(' '),
    ...changesOf(before, JSON.parse(user)),
  };
}

/**
 * Returns what a line changes; a new role also as `role`, which the sentence of the event shows.
 */
function changesOf(before: UserBefore | undefined, user: UserBefore): AuditDetail {
  const after = Object.fromEntries(CHANGEABLE.map((field) => [field, user[field] ?? null]));
  const changes = changesBetween(before, after);
  return 'new.role' in changes ? { ...changes, role: user.role } : changes;
}
