import { withDatabase } from '@/lib/request/api';
import { anyone, currentCause } from '@/lib/request/current';
import { endByLogoutToken } from '@/lib/sso/oidc/back-channel';

/** A provider itself says here, without any browser, that somebody has signed out there. */
export function POST(request: Request, { params }: { params: Promise<{ connection: string }> }) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const tokens = new URLSearchParams(await request.text()).getAll('logout_token');
    const token = tokens.length === 1 ? tokens[0] : undefined;
    const told = await endByLogoutToken(tenant, (await params).connection, token ?? null, await currentCause());
    if (told.ok) return new Response(null, { status: 200 });
    return Response.json({ error: 'invalid_request', error_description: told.code }, { status: 400 });
  });
}
