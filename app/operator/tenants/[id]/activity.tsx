import { DataTable } from '@/components/ui/data-table';
import { type Day, shareOf, sumOf } from '@/lib/operators/tenants/activity';
import { getFormatter, getTranslations } from '@/lib/request/translations';
import { Chart } from './chart';

const COLUMNS = ['day', 'signIns', 'share', 'failures'] as const;

/** Thirty days as a picture, and the same as a table. */
export async function Activity({ days }: { days: Day[] }) {
  const [t, format] = await Promise.all([getTranslations('tenant'), getFormatter()]);
  const sum = sumOf(days);
  const percent = (share: number | null) =>
    share === null ? t('noShare') : format.number(share, { style: 'percent', maximumFractionDigits: 0 });
  // A day of the tenant's, whatever the reader's time zone.
  const date = (day: string) => format.dateTime(new Date(`${day}T12:00:00Z`), { dateStyle: 'medium', timeZone: 'UTC' });
  const short = (day: string) =>
    format.dateTime(new Date(`${day}T12:00:00Z`), { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const rows = [
    { id: 'sum', day: t('total'), ...sum },
    ...days.map((day) => ({ ...day, id: day.day, day: date(day.day), share: shareOf(day) })).reverse(),
  ].map(({ id, day, signIns, share, failures }) => ({
    id,
    cells: { day, signIns: format.number(signIns), share: percent(share), failures: format.number(failures) },
  }));
  const numbers = { signIns: sum.signIns, failures: sum.failures };
  return (
    <figure className="stack">
      <figcaption className="chart-sums">
        <span>{t('chart', numbers)}</span>
        <span className="muted">{t('shareIs', { share: percent(sum.share) })}</span>
      </figcaption>
      <div>
        <Chart days={days} label={t('chart', numbers)} />
        <p className="chart-ends" aria-hidden="true">
          <span>{short(days.at(0)?.day ?? '')}</span>
          <span>{short(days.at(-1)?.day ?? '')}</span>
        </p>
      </div>
      <ul className="chart-key" aria-hidden="true">
        <li className="chart-strong">{t('withFactor')}</li>
        <li className="chart-soft">{t('withoutFactor')}</li>
        <li className="chart-bad">{t('failures')}</li>
      </ul>
      <details>
        <summary className="link">{t('asTable')}</summary>
        <div className="mt-2">
          <DataTable
            caption={t('activity')}
            columns={COLUMNS.map((key) => ({ key, label: t(key), end: key !== 'day' }))}
            rows={rows}
          />
        </div>
      </details>
    </figure>
  );
}
