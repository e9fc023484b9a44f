import { keepLinkToken } from '@/lib/request/link-token';

/** The first hop of a mailed link: the token goes into a cookie and out of the address bar. Nothing is spent. */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }) {
  return keepLinkToken('emailLink', (await params).token, '/confirm-email');
}
