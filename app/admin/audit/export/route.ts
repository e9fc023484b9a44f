import type { NextRequest } from 'next/server';
import { exportAudit } from '@/lib/audit/export';
import { filterFrom } from '@/lib/audit/filter';
import { findSubject } from '@/lib/audit/find-subject';
import type { Say } from '@/lib/audit/sentences';
import { withDatabase } from '@/lib/request/api';
import { currentCause, requireUser } from '@/lib/request/current';
import { downloadOf } from '@/lib/request/download';
import { getTranslations } from '@/lib/request/translations';

const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

/** The events that the page's filters find, as a file. */
export function GET(request: NextRequest) {
  return withDatabase(async () => {
    const { tenant, user, timeZone } = await requireUser('audit');
    const query = Object.fromEntries(request.nextUrl.searchParams);
    const subject = await findSubject(tenant.id, query.person);
    // A text that matches no user, or several, returns nothing rather than everything.
    if (subject && !subject.id) return new Response(null, { status: 404 });
    const format = query.format === 'jsonl' ? 'jsonl' : 'csv';
    const filter = { ...filterFrom(query, timeZone), ...(subject?.id && { person: subject.id }) };
    const say = (await getTranslations('audit')) as unknown as Say;
    const lines = exportAudit(tenant.id, filter, format, say, await currentCause(user.id));
    return downloadOf(lines, `audit-${tenant.slug}.${format}`, TYPES[format]);
  });
}
