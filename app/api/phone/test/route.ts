import { testCredentials } from '@/lib/phone/credentials';
import { phoneSettingsRoute } from '@/lib/request/phone';

/** Returns credentials to test the saved settings from the administrator's browser. */
export function POST(request: Request) {
  return phoneSettingsRoute('phone-credentials', request, async ({ tenant, user }) => {
    const result = await testCredentials(tenant, user);
    return Response.json(result.ok ? result.credentials : { error: result.error }, { status: result.ok ? 200 : 409 });
  });
}
