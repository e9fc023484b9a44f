import { Badge } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';
import { type Expiry, listExpiries } from '@/lib/sso/connections/expiry';
import { Section } from '../section';
import { showDay } from '../show-day';

export async function generateMetadata() {
  const t = await getTranslations('singleSignOn');
  return { title: t('expiry') };
}

export default async function ExpiryPage() {
  const visit = await requireUser('single-sign-on');
  const [t, ends] = await Promise.all([getTranslations('singleSignOn'), listExpiries(visit.tenant)]);
  return (
    <Section visit={visit} section="expiry" wide>
      <p className="muted max-w-3xl">{t('expiryWhat')}</p>
      <DataTable
        caption={t('expiry')}
        columns={[
          { key: 'what', label: t('ending') },
          { key: 'connection', label: t('connection') },
          { key: 'at', label: t('endsOn') },
          { key: 'left', label: t('left') },
        ]}
        rows={ends.map((end) => ({
          id: `${end.connectionId} ${end.thing}`,
          cells: {
            what: t(`ends.${end.what}`),
            connection: (
              <a className="link" href={`/admin/single-sign-on/${end.connectionId}`}>
                {end.label}
              </a>
            ),
            at: showDay(end.at, visit.locale),
            left: <Badge tone={toneOf(end)}>{end.days > 0 ? t('daysLeft', { days: end.days }) : t('over')}</Badge>,
          },
        }))}
        empty={
          <EmptyState title={t('nothingEnds')}>
            <p>{t('nothingEndsWhat')}</p>
          </EmptyState>
        }
      />
    </Section>
  );
}

function toneOf({ days }: Expiry) {
  if (days <= 7) return 'danger';
  return days <= 60 ? 'warning' : 'success';
}
