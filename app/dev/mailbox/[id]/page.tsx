import { notFound } from 'next/navigation';
import { Card } from '@/components/ui/card';
import { DefinitionList } from '@/components/ui/definition-list';
import { PageTitle } from '@/components/ui/page-title';
import { readMailbox } from '@/lib/emails/mailbox';
import { mayReadMailbox } from '@/lib/request/current';
import { getFormatter, getTranslations } from '@/lib/request/translations';
import { LinkedText } from './linked-text';

export const dynamic = 'force-dynamic';

export async function generateMetadata() {
  const t = await getTranslations('mailbox');
  return { title: t('title'), referrer: 'no-referrer' as const };
}

export default async function MailPage({ params }: { params: Promise<{ id: string }> }) {
  if (!(await mayReadMailbox())) notFound();
  const [t, format, { id }] = await Promise.all([getTranslations('mailbox'), getFormatter(), params]);
  const mail = await readMailbox(id);
  if (!mail) notFound();
  return (
    <main id="main" className="stack mx-auto max-w-4xl p-4">
      <PageTitle back={{ href: '/dev/mailbox', label: t('back') }}>{mail.subject}</PageTitle>
      <DefinitionList
        items={[
          { term: t('to'), value: mail.to },
          { term: t('from'), value: mail.from },
          {
            term: t('time'),
            value: format.dateTime(new Date(mail.at), { dateStyle: 'medium', timeStyle: 'medium' }),
          },
        ]}
      />
      <Card title={t('text')}>
        <LinkedText text={mail.text} />
      </Card>
      <Card title={t('html')}>
        <iframe
          className="h-[44rem] w-full border-0 bg-white"
          title={t('html')}
          sandbox=""
          src={`/dev/mailbox/${mail.id}/html`}
        />
      </Card>
    </main>
  );
}
