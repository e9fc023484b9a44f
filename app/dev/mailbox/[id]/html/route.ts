import { readMailbox } from '@/lib/emails/mailbox';
import { mayReadMailbox } from '@/lib/request/current';

/** The HTML body for the frame of the mailbox page. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }) {
  if (!(await mayReadMailbox())) return new Response(null, { status: 404 });
  const mail = await readMailbox((await params).id);
  if (!mail) return new Response(null, { status: 404 });
  return new Response(mail.html, { headers: { 'content-type': 'text/html; charset=utf-8' } });
}
