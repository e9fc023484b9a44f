import { Badge } from '@/components/ui/badge';
import { getTranslations } from '@/lib/request/translations';
import type { ListedUser } from '@/lib/users/users';

type Standing = Pick<ListedUser, 'status' | 'locked' | 'invited' | 'hasPassword' | 'emailShared' | 'lastSignInAt'>;

export async function StatusBadges({ user }: { user: Standing }) {
  const t = await getTranslations('users');
  const waiting = !user.hasPassword && !user.lastSignInAt;
  return (
    <span className="row">
      {user.status === 'active' ? (
        <Badge tone="success">{t('active')}</Badge>
      ) : (
        <Badge tone="neutral">{t('disabled')}</Badge>
      )}
      {user.locked ? <Badge tone="danger">{t('locked')}</Badge> : null}
      {waiting && user.invited ? <Badge tone="info">{t('invited')}</Badge> : null}
      {waiting && !user.invited ? <Badge tone="warning">{t('waiting')}</Badge> : null}
      {user.emailShared ? <Badge tone="warning">{t('emailShared')}</Badge> : null}
    </span>
  );
}

export async function SecondFactorBadge({ on, isRequired = false }: { on: boolean; isRequired?: boolean }) {
  const t = await getTranslations('users');
  if (on) return <Badge tone="success">{t('on')}</Badge>;
  return isRequired ? <Badge tone="info">{t('factorAsked')}</Badge> : <Badge tone="neutral">{t('off')}</Badge>;
}
