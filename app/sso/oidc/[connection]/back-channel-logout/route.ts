import { withDatabase } from '@/lib/request/api';
import { anyone, currentCause } from '@/lib/request/current';
import { endByLogoutToken } from '@/lib/sso/oidc/back-channel';
import { receivePosted } from '@/lib/sso/sign-in/posted';

/** OpenID Connect back-channel logout: the provider itself sends a logout token. */
export function POST(request: Request, { params }: { params: Promise<{ connection: string }> }) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const cause = await currentCause();
    return receivePosted<Response>(tenant, cause, refused('too_many', 429), async () => {
      const tokens = new URLSearchParams(await request.text()).getAll('logout_token');
      const token = tokens.length === 1 ? tokens[0] : undefined;
      const result = await endByLogoutToken(tenant, (await params).connection, token ?? null, cause);
      if (result.ok) return new Response(null, { status: 200 });
      return refused(result.code, 400);
    });
  });
}

function refused(description: string, status: number) {
  return Response.json({ error: 'invalid_request', error_description: description }, { status });
}
