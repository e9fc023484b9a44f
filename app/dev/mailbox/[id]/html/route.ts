import { hasMailbox, readMailbox } from '@/lib/emails/mailbox';

/** The HTML body for the frame of the mailbox page: its inline styles, and nothing else of it, may act. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }) {
  if (!hasMailbox()) return new Response(null, { status: 404 });
  const mail = await readMailbox((await params).id);
  if (!mail) return new Response(null, { status: 404 });
  return new Response(mail.html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  });
}
