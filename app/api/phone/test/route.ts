import { testCredentials } from '@/lib/phone/credentials';
import { phoneSettingsRoute } from '@/lib/request/phone';

/** What an administrator tries the saved settings with, from his own browser. */
export function POST(request: Request) {
  return phoneSettingsRoute('phone-credentials', request, async ({ tenant, user }) => {
    const result = await testCredentials(tenant, user);
    return Response.json(result.ok ? result.credentials : { error: result.error }, { status: result.ok ? 200 : 409 });
  });
}
