import { getTranslations } from 'next-intl/server';
import { LinkButton } from '@/components/ui/link-button';

/* Next sends this along with every page, in case it is needed: keep it small. */
export default async function NotFound() {
  const t = await getTranslations('error');
  return (
    <main className="door-main">
      <title>{`${t('notFoundTitle')} · Gatehouse`}</title>
      <div className="door-card stack">
        <h1>{t('notFoundTitle')}</h1>
        <p>{t('notFound')}</p>
        <LinkButton href="/" tone="primary">
          {t('goHome')}
        </LinkButton>
      </div>
    </main>
  );
}
