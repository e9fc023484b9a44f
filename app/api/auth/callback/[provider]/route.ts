import { redirect } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { readCookie } from '@/lib/request/cookies';
import { anyone, currentCause } from '@/lib/request/current';
import { redirectAfter } from '@/lib/request/redirect-after';
import { connectionIn } from '@/lib/sso/connections/oidc-addresses';
import { finishOidc } from '@/lib/sso/oidc/finish';

/** Where an OpenID Connect provider sends people back to. */
export async function GET(request: NextRequest, { params }: { params: Promise<{ provider: string }> }) {
  const { tenant, policy, viewer } = await anyone();
  const { provider } = await params;
  const browser = { token: await readCookie('sso'), sessionId: viewer?.session.id };
  const cause = await currentCause(viewer?.user.id ?? null);
  const { searchParams } = request.nextUrl;
  const finished = await finishOidc(tenant, policy, connectionIn(provider), { query: searchParams, browser }, cause);
  return finished.ok ? redirectAfter(tenant, finished) : redirect(finished.address);
}
