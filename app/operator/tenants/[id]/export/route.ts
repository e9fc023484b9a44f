import { readId } from '@/lib/ids';
import { exportTenant } from '@/lib/operators/tenants/export';
import { findManagedTenant } from '@/lib/operators/tenants/list';
import { isSameOrigin } from '@/lib/request/action-guards';
import { withDatabase } from '@/lib/request/api';
import { currentCause, requireOperator } from '@/lib/request/current';
import { downloadOf } from '@/lib/request/download';

/** Serves a tenant's export. It is recorded, so it is requested by a form and never by a link. */
export function POST(request: Request, { params }: { params: Promise<{ id: string }> }) {
  return withDatabase(async () => {
    const { operator } = await requireOperator();
    const form = await request.formData();
    if (!(await isSameOrigin()) || readId(form.get('as')) !== operator.id) return new Response(null, { status: 403 });
    const tenant = await findManagedTenant((await params).id);
    if (!tenant) return new Response(null, { status: 404 });
    const lines = exportTenant(tenant, await currentCause(operator.id));
    return downloadOf(lines, `${tenant.slug}.jsonl`, 'application/x-ndjson; charset=utf-8');
  });
}
