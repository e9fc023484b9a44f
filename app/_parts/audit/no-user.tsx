import type { AuditQuery, AuditReader } from '@/app/_parts/audit/reader';
import { EmptyState } from '@/components/ui/empty-state';
import type { AuditSubject } from '@/lib/audit/find-subject';
import { getTranslations } from '@/lib/request/translations';
import { addressOf } from './address-of';

export async function NoUser({
  reader,
  query,
  subject,
}: {
  reader: AuditReader;
  query: AuditQuery;
  subject: AuditSubject;
}) {
  const t = await getTranslations('audit');
  const { text, candidates } = subject;
  if (candidates.length === 0) return <EmptyState title={t('nobody', { text })}>{t('nobodyHint')}</EmptyState>;
  return (
    <EmptyState title={t('several', { text })}>
      <p>{t('severalHint')}</p>
      <ul className="stack-tight">
        {candidates.map(({ id, name, username }) => (
          <li key={id}>
            <a className="link" href={addressOf(reader.path, { ...query, person: id })}>
              {name}
            </a>{' '}
            <span className="muted">{username}</span>
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}
