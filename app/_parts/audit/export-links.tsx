import type { AuditQuery, AuditReader } from '@/app/_parts/audit/reader';
import { Icon } from '@/components/ui/icon';
import { LinkButton } from '@/components/ui/link-button';
import { getTranslations } from '@/lib/request/translations';
import { addressOf } from './address-of';

export async function ExportLinks({ reader, query }: { reader: AuditReader; query: AuditQuery }) {
  const t = await getTranslations('audit');
  const path = `${reader.path}/export`;
  return (
    <section className="stack-tight" aria-label={t('export')}>
      <p className="row">
        <LinkButton href={addressOf(path, query, { format: 'csv' })}>
          <Icon name="download" />
          {t('exportCsv')}
        </LinkButton>
        <LinkButton href={addressOf(path, query, { format: 'jsonl' })}>
          <Icon name="download" />
          {t('exportJson')}
        </LinkButton>
      </p>
      <p className="muted text-sm">{t('exportWhat')}</p>
    </section>
  );
}
