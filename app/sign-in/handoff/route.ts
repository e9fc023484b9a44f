import { redirect } from 'next/navigation';
import { env } from '@/lib/env';
import { isSameOrigin } from '@/lib/request/action-guards';
import { anyone, currentCause } from '@/lib/request/current';
import { redirectAfter } from '@/lib/request/redirect-after';
import { signInPath } from '@/lib/sessions/sign-in-path';
import { redeemHandoff } from '@/lib/sign-in/handoff';

/**
 * Continues a sign-in that began on the root domain. Only the root domain's page may post here, so
 * that no other site can sign a user in.
 */
export async function POST(request: Request) {
  const { tenant, policy } = await anyone();
  if (!(await isSameOrigin(env().publicUrl.origin))) redirect(signInPath('expired'));
  const token = await request
    .formData()
    .then((form) => form.get('token'))
    .catch(() => null);
  const result = await redeemHandoff(
    tenant,
    policy,
    typeof token === 'string' ? token : undefined,
    await currentCause(),
  );
  if (!result.ok) redirect(signInPath('expired'));
  return redirectAfter(tenant, result);
}
