import { Alert } from '@/components/ui/alert';
import { LinkButton } from '@/components/ui/link-button';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translator';

/**
 * Says that times are in UTC because the reader's time zone is unknown, and where to select
 * another.
 */
export function UnknownZone({ zone, locale, href }: { zone: string; locale: Locale; href: string }) {
  const t = translator(locale, 'timeZone');
  return (
    <Alert tone="warning" action={<LinkButton href={href}>{t('choose')}</LinkButton>}>
      <p>{t('unknown', { zone })}</p>
    </Alert>
  );
}
