import { Alert } from '@/components/ui/alert';
import { LinkButton } from '@/components/ui/link-button';
import { Watch } from '@/components/ui/watch';
import { getTranslations } from '@/lib/request/translations';
import type { Import } from '@/lib/users/import/imports';

const WHY = ['import-stale', 'user-limit', 'last-administrator', 'not-administrator', 'gave-up'] as const;

/** Shows the progress or the result of an import. */
export async function Outcome({ found }: { found: Import }) {
  const t = await getTranslations('import');
  const { create = 0, change = 0 } = found.counts ?? {};
  if (found.state === 'applying') {
    const total = create + change;
    return (
      <div role="status" className="stack-tight">
        <progress className="w-full" value={found.done} max={Math.max(1, total)} aria-label={t('progress')} />
        <p>{t('done', { done: found.done, total })}</p>
        <Watch href={`/admin/users/import/${found.id}`} words={t('reload')} />
      </div>
    );
  }
  if (found.state === 'applied') {
    return (
      <div role="status" className="stack">
        <Alert tone="success">{t('applied', { create, change })}</Alert>
        {create > 0 ? <p className="muted">{t(found.invite ? 'slips' : 'notInvited')}</p> : null}
        <div className="row">
          <LinkButton href={`/admin/users/import/${found.id}/report`}>{t('report')}</LinkButton>
          <LinkButton href="/admin/users?status=waiting">{t('toWaiting')}</LinkButton>
          <LinkButton href="/admin/users/import">{t('another')}</LinkButton>
        </div>
      </div>
    );
  }
  const why = WHY.find((failure) => failure === found.failure);
  return why ? (
    <div role="status">
      <Alert tone="danger">{t(`failed.${why}`)}</Alert>
    </div>
  ) : null;
}
