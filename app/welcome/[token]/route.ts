import { keepLinkToken } from '@/lib/request/link-token';

/** The first hop of an invitation's link: the token goes into a cookie and out of the address bar. Nothing is spent. */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }) {
  return keepLinkToken('invitation', (await params).token, '/welcome');
}
