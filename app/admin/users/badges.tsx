import { getTranslations } from 'next-intl/server';
import { Badge } from '@/components/ui/badge';

export async function StatusBadges({ user }: { user: { status: 'active' | 'disabled'; locked: boolean } }) {
  const t = await getTranslations('users');
  return (
    <span className="row">
      {user.status === 'active' ? (
        <Badge tone="success">{t('active')}</Badge>
      ) : (
        <Badge tone="neutral">{t('disabled')}</Badge>
      )}
      {user.locked ? <Badge tone="danger">{t('locked')}</Badge> : null}
    </span>
  );
}

export async function SecondFactorBadge({ on }: { on: boolean }) {
  const t = await getTranslations('users');
  return on ? <Badge tone="success">{t('on')}</Badge> : <Badge tone="neutral">{t('off')}</Badge>;
}
