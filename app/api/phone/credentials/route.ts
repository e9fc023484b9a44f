import { credentialsFor } from '@/lib/phone/credentials';
import { phoneRoute, refuse } from '@/lib/request/phone';

/** What the softphone registers with: for the person's own extension, and ten minutes. */
export function POST(request: Request) {
  return phoneRoute('phone-credentials', request, async ({ tenant, user }) => {
    const result = await credentialsFor(tenant, user);
    return result.ok ? Response.json(result.credentials) : refuse(403, { error: result.error });
  });
}
