import { CloseWindow } from '@/components/phone/close-window';
import { PageTitle } from '@/components/ui/page-title';
import { anyone, requireUser } from '@/lib/request/current';
import { getTranslations } from '@/lib/request/translations';

export async function generateMetadata() {
  await anyone();
  const t = await getTranslations('phone.back');
  return { title: t('title') };
}

/** The end of signing in again during a call, in its own window. */
export default async function BackPage() {
  await requireUser();
  const t = await getTranslations('phone.back');
  return (
    <main id="main" className="page">
      <PageTitle>{t('title')}</PageTitle>
      <div className="stack">
        <p>{t('text')}</p>
        <CloseWindow words={t('close')} />
      </div>
    </main>
  );
}
