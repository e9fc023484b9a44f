import type { NextRequest } from 'next/server';
import { withDatabase } from '@/lib/request/api';
import { currentCause, requireUser } from '@/lib/request/current';
import { downloadOf } from '@/lib/request/download';
import { exportUsers } from '@/lib/users/export';
import { filterOf } from '../query';

/** Downloads the users that match the list's filters. */
export function GET(request: NextRequest) {
  return withDatabase(async () => {
    const { tenant, user } = await requireUser('users');
    const filter = filterOf(Object.fromEntries(request.nextUrl.searchParams));
    const lines = exportUsers(tenant, filter, await currentCause(user.id));
    return downloadOf(lines, `users-${tenant.slug}.csv`, 'text/csv; charset=utf-8');
  });
}
