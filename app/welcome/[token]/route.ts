import { keepLinkToken } from '@/lib/request/link-token';

/** Moves the link's token from the address to a cookie, without spending it. */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }) {
  return keepLinkToken('invitation', (await params).token, '/welcome');
}
