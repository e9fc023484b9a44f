import { notFound } from 'next/navigation';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { PageTitle } from '@/components/ui/page-title';
import { listMailbox, MAILBOX_SHOWS } from '@/lib/emails/mailbox';
import { mayReadMailbox } from '@/lib/request/current';
import { getFormatter, getTranslations } from '@/lib/request/translations';

export const dynamic = 'force-dynamic';

export async function generateMetadata() {
  const t = await getTranslations('mailbox');
  return { title: t('title') };
}

export default async function MailboxPage() {
  if (!(await mayReadMailbox())) notFound();
  const [t, format, mails] = await Promise.all([getTranslations('mailbox'), getFormatter(), listMailbox()]);
  const rows = mails.map((mail) => ({
    id: mail.id,
    cells: {
      subject: (
        <a className="link" href={`/dev/mailbox/${mail.id}`}>
          {mail.subject}
        </a>
      ),
      to: mail.to,
      time: format.dateTime(new Date(mail.at), { dateStyle: 'medium', timeStyle: 'medium' }),
    },
  }));
  return (
    <main id="main" className="stack mx-auto max-w-4xl p-4">
      <PageTitle lead={t('intro')}>{t('title')}</PageTitle>
      <DataTable
        caption={t('title')}
        columns={[
          { key: 'subject', label: t('subject') },
          { key: 'to', label: t('to') },
          { key: 'time', label: t('time') },
        ]}
        rows={rows}
        empty={<EmptyState title={t('empty')} />}
      />
      {mails.length === MAILBOX_SHOWS && <p className="muted">{t('limit', { count: MAILBOX_SHOWS })}</p>}
    </main>
  );
}
