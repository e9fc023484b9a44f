import type { ReactNode } from 'react';
import type { AuditQuery, AuditReader } from '@/app/_parts/audit/reader';
import { Icon } from '@/components/ui/icon';
import { LinkButton } from '@/components/ui/link-button';
import { buttonClass } from '@/components/ui/tone';
import { AUDIT_EVENTS } from '@/lib/audit/events';
import type { AuditSubject } from '@/lib/audit/find-subject';
import { namesIn } from '@/lib/audit/names';
import { getTranslations } from '@/lib/request/translations';

type Props = { reader: AuditReader; query: AuditQuery; subject: AuditSubject | undefined };

export async function Filters({ reader, query, subject }: Props) {
  const t = await getTranslations('audit');
  const value = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  const events = AUDIT_EVENTS.map((event) => ({ event, label: t(`names.${event}`) })).sort((a, b) =>
    a.label.localeCompare(b.label, reader.locale),
  );
  const isFiltered = ['person', 'event', 'from', 'to', 'address'].some((name) => value(name));
  return (
    <search aria-label={t('filter')}>
      <form action={reader.path} method="get" className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <Labelled name="person" label={t('person')}>
          <input
            className="input"
            id="audit-person"
            name="person"
            type="search"
            defaultValue={await nameOf(reader, subject)}
            placeholder={t('personHint')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Labelled>
        <Labelled name="event" label={t('event')}>
          <div className="select">
            <select className="input input-select" id="audit-event" name="event" defaultValue={value('event')}>
              <option value="">{t('anyEvent')}</option>
              {events.map(({ event, label }) => (
                <option key={event} value={event}>
                  {label}
                </option>
              ))}
            </select>
            <Icon name="chevron" />
          </div>
        </Labelled>
        <Labelled name="from" label={t('from')}>
          <input className="input" id="audit-from" name="from" type="date" defaultValue={value('from')} />
        </Labelled>
        <Labelled name="to" label={t('to')}>
          <input className="input" id="audit-to" name="to" type="date" defaultValue={value('to')} />
        </Labelled>
        <Labelled name="address" label={t('address')}>
          <input
            className="input"
            id="audit-address"
            name="address"
            type="search"
            defaultValue={value('address')}
            autoComplete="off"
            spellCheck={false}
          />
        </Labelled>
        <div className="row self-end">
          <button type="submit" className={buttonClass({})}>
            <Icon name="search" />
            {t('show')}
          </button>
          {isFiltered ? <LinkButton href={reader.path}>{t('clear')}</LinkButton> : null}
        </div>
      </form>
    </search>
  );
}

function Labelled({ name, label, children }: { name: string; label: string; children: ReactNode }) {
  return (
    <div className="stack-tight">
      <label className="font-medium" htmlFor={`audit-${name}`}>
        {label}
      </label>
      {children}
    </div>
  );
}

/** Returns the username of a user given by id. */
async function nameOf({ chain }: AuditReader, subject: AuditSubject | undefined) {
  if (!subject?.id) return subject?.text ?? '';
  return subject.candidates[0]?.username ?? (await namesIn(chain, [], [subject.id])).get(subject.id) ?? subject.text;
}
