import { SettingsFrame } from '@/app/settings/frame';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Pager } from '@/components/ui/pager';
import { SIGN_IN_EVENTS } from '@/lib/audit/events';
import { listAudit } from '@/lib/audit/list';
import { namesIn } from '@/lib/audit/names';
import { type Say, sentenceOf } from '@/lib/audit/sentences';
import { showSecond } from '@/lib/language/show';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import { requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

const PER_PAGE = 25;
const PATH = '/settings/sign-ins';

export async function generateMetadata() {
  const t = await getTranslations('signIns');
  return { title: t('title') };
}

export default async function SignInsPage({ searchParams }: { searchParams: Promise<{ after?: string | string[] }> }) {
  const visit = await requireUser();
  const { tenant, user, policy, locale, timeZone } = visit;
  const position = (await searchParams).after;
  const after = typeof position === 'string' ? position : undefined;
  const [t, say, found] = await Promise.all([
    getTranslations('signIns'),
    getTranslations('audit'),
    listAudit(tenant.id, { person: user.id, events: SIGN_IN_EVENTS }, { limit: PER_PAGE, after }),
  ]);
  const names = await namesIn(tenant.id, found.events);
  return (
    <SettingsFrame visit={visit} section="signIns" wide>
      <p className="muted">{t('lead')}</p>
      <DataTable
        caption={t('list')}
        columns={(['what', 'when', 'address'] as const).map((key) => ({ key, label: t(key) }))}
        rows={found.events.map((event) => ({
          id: String(event.seq),
          cells: {
            what: <span className="font-normal">{sentenceOf(event, names, say as unknown as Say)}</span>,
            when: showSecond(event.at, locale, timeZone),
            address: <span className="break-all">{event.address}</span>,
          },
        }))}
        empty={<EmptyState title={t('nothing')} />}
      />
      <Pager
        label={t('pages')}
        previous={after ? { href: PATH, label: t('newest') } : undefined}
        next={found.next ? { href: `${PATH}?after=${found.next}`, label: t('older') } : undefined}
      />
      <p className="muted">
        {t('strange')}{' '}
        {isPasswordHidden(policy, user) ? (
          t('askAdministrator')
        ) : (
          <a className="link" href="/settings/password">
            {t('changePassword')}
          </a>
        )}
      </p>
    </SettingsFrame>
  );
}
