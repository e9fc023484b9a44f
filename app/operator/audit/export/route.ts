import type { NextRequest } from 'next/server';
import { exportAudit } from '@/lib/audit/export';
import { filterFrom } from '@/lib/audit/filter';
import { findSubject } from '@/lib/audit/find-subject';
import { PROVIDER } from '@/lib/audit/provider';
import type { Say } from '@/lib/audit/sentences';
import { withDatabase } from '@/lib/request/api';
import { currentCause, requireOperator } from '@/lib/request/current';
import { downloadOf } from '@/lib/request/download';
import { getTranslations } from '@/lib/request/translations';

const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

/** The events of the provider's own chain that the page's filters find, as a file. */
export function GET(request: NextRequest) {
  return withDatabase(async () => {
    const { operator, timeZone } = await requireOperator();
    const query = Object.fromEntries(request.nextUrl.searchParams);
    const subject = await findSubject(PROVIDER, query.person);
    if (subject && !subject.id) return new Response(null, { status: 404 });
    const format = query.format === 'jsonl' ? 'jsonl' : 'csv';
    const filter = { ...filterFrom(query, timeZone), ...(subject?.id && { person: subject.id }) };
    const say = (await getTranslations('audit')) as unknown as Say;
    const lines = exportAudit(PROVIDER, filter, format, say, await currentCause(operator.id));
    return downloadOf(lines, `audit-operator.${format}`, TYPES[format]);
  });
}
