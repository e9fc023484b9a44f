import type { AuditReader } from '@/app/_parts/audit/reader';
import { DataTable } from '@/components/ui/data-table';
import { DefinitionList } from '@/components/ui/definition-list';
import type { ListedEvent } from '@/lib/audit/list';
import type { Names } from '@/lib/audit/names';
import { type Say, sentenceOf } from '@/lib/audit/sentences';
import { showSecond } from '@/lib/language/show';
import { getTranslations } from '@/lib/request/translations';

type Props = { reader: AuditReader; events: ListedEvent[]; names: Names };

export async function EventTable({ reader, events, names }: Props) {
  const t = await getTranslations('audit');
  const say = t as unknown as Say;
  const rows = events.map((event) => ({
    id: String(event.seq),
    cells: {
      what: <span className="font-normal">{sentenceOf(event, names, say)}</span>,
      when: (
        <time dateTime={event.at.toISOString()} className="whitespace-nowrap">
          {showSecond(event.at, reader.locale, reader.timeZone)}
        </time>
      ),
      address: <span className="break-all">{event.address}</span>,
      details: (
        <Details
          event={event}
          words={{ details: t('details'), number: t('number'), code: t('eventCode'), request: t('requestId') }}
        />
      ),
    },
  }));
  return (
    <DataTable
      caption={t('list')}
      columns={[
        ...(['what', 'when', 'address'] as const).map((key) => ({ key, label: t(key) })),
        { key: 'details', label: '' },
      ]}
      rows={rows}
    />
  );
}

type Words = { details: string; number: string; code: string; request: string };

function Details({ event, words }: { event: ListedEvent; words: Words }) {
  const facts = Object.entries(event.detail).filter(([, value]) => value !== null && value !== '');
  return (
    <details className="text-sm">
      <summary className="link">
        {words.details}
        <span className="visually-hidden"> {event.seq}</span>
      </summary>
      <DefinitionList
        items={[
          { term: words.number, value: String(event.seq) },
          { term: words.code, value: <code>{event.event}</code> },
          { term: words.request, value: <code className="break-all">{event.requestId}</code> },
          ...facts.map(([term, value]) => ({ term, value: <code className="break-all">{String(value)}</code> })),
        ]}
      />
    </details>
  );
}
