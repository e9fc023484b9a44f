import { findLogo } from '@/lib/branding/settings';
import { withDatabase } from '@/lib/request/api';
import { anyone } from '@/lib/request/current';

/** Serves the tenant's logo. It is public, and its URL names its version, so browsers keep it. */
export function GET(request: Request) {
  return withDatabase(async () => {
    const { tenant } = await anyone();
    const logo = await findLogo(tenant);
    if (!logo) return new Response(null, { status: 404, headers: { 'cache-control': 'no-store' } });
    const asked = new URL(request.url).searchParams.get('v');
    const headers = {
      etag: `"${logo.version}"`,
      'cache-control': asked === logo.version ? 'private, max-age=31536000, immutable' : 'private, no-cache',
      // A mail shows it too, in whatever page the mail is read.
      'cross-origin-resource-policy': 'cross-origin',
    };
    if (request.headers.get('if-none-match') === headers.etag) return new Response(null, { status: 304, headers });
    return new Response(new Uint8Array(logo.png), { headers: { ...headers, 'content-type': 'image/png' } });
  });
}
