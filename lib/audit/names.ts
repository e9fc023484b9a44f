import { type SQL, sql } from 'drizzle-orm';
import { withTenant } from '@/db';
import type { ListedEvent } from '@/lib/audit/list';
import { PROVIDER } from '@/lib/audit/provider';
import { readId } from '@/lib/ids';
import { plainText } from '@/lib/text';

/** The names of ids in an audit trail: users, deleted ones included, and connections. */
export type Names = Map<string, string>;

/** Returns the names for the ids in these events, and for the users `more`, within a tenant. */
export async function namesIn(tenantId: string, events: ListedEvent[], more: string[] = []): Promise<Names> {
  const users = idsOf([...more, ...events.flatMap(({ actorId, subjectId }) => [actorId, subjectId])]);
  const connections = idsOf(events.map(({ detail }) => detail.connection));
  return withTenant(tenantId, async (tx) => {
    const rows = await tx.execute<{ id: string; name: string }>(sql`
      select id, first_name || ' ' || last_name as name from users where tenant_id = ${tenantId} and id = any(${list(users)})
      union all
      select id, label from sso_connections where tenant_id = ${tenantId} and id = any(${list(connections)})
      union all
      select id, first_name || ' ' || last_name from operators where ${tenantId} = ${PROVIDER} and id = any(${list(users)})
      union all
      select id, name from tenants where ${tenantId} = ${PROVIDER} and id = any(${list(users)})`);
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const gone = users.filter((id) => !names.has(id));
    // The last event of a deleted user or tenant keeps the name.
    const kept = gone.length
      ? await tx.execute<{ id: string; name: string }>(sql`
          select subject_id as id, detail ->> 'name' as name from audit_events
          where tenant_id = ${tenantId} and subject_id = any(${list(gone)}) and event in ('user_delete', 'tenant_delete') and detail ->> 'name' <> ''`)
      : [];
    for (const { id, name } of kept) names.set(id, name);
    return names;
  });
}

/**
 * Returns at most ten users of a tenant with this username, extension, email address or full name;
 * for the provider, its operators and tenants.
 */
export async function findUsersNamed(tenantId: string, text: string) {
  const wanted = plainText(text.trim().toLowerCase().replace(/\s+/g, ' '), 200);
  if (!wanted) return [];
  if (tenantId === PROVIDER) return calledAtProvider(wanted);
  return withTenant(tenantId, (tx) =>
    tx.execute<{ id: string; name: string; username: string }>(sql`
      select id, first_name || ' ' || last_name as name, username from users
      where tenant_id = ${tenantId} and (username = ${wanted} or extension = ${wanted} or lower(email) = ${wanted}
        or lower(first_name || ' ' || last_name) = ${wanted} or lower(last_name) = ${wanted} or lower(first_name) = ${wanted})
      order by last_name, first_name, id limit 10`),
  );
}

async function calledAtProvider(wanted: string) {
  return withTenant(PROVIDER, (tx) =>
    tx.execute<{ id: string; name: string; username: string }>(sql`
      select id, first_name || ' ' || last_name as name, username from operators
      where username = ${wanted} or ${wanted} in (lower(first_name || ' ' || last_name), lower(first_name), lower(last_name))
      union all
      select id, name, account_id from tenants where slug = ${wanted} or lower(name) = ${wanted} or domain = ${wanted}
      order by 2, 1 limit 10`),
  );
}

function idsOf(values: unknown[]) {
  return [...new Set(values.flatMap((value) => readId(value) ?? []))];
}

function list(ids: string[]): SQL {
  return sql`${`{${ids.join(',')}}`}::uuid[]`;
}
