import type { Brand } from '@/lib/branding/brand';
import { getTranslations } from '@/lib/request/translations';

/** The company's text on the sign-in page, and where its users find help. */
export async function BrandNote({ brand: { note, support } }: { brand: Pick<Brand, 'note' | 'support'> }) {
  if (!note && !support) return null;
  const t = await getTranslations('signIn');
  return (
    <div className="stack-tight">
      {note ? <p>{note}</p> : null}
      {support ? <p className="muted">{t('support', { contact: support })}</p> : null}
    </div>
  );
}
