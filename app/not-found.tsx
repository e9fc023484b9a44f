import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LinkButton } from '@/components/ui/link-button';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('error');
  return { title: t('notFoundTitle') };
}

/* Next sends this along with every page, in case it is needed: keep it small. */
export default async function NotFound() {
  const t = await getTranslations('error');
  return (
    <main className="door-main">
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
