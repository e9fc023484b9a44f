import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LinkButton } from '@/components/ui/link-button';
import { addressState, currentLocale, rootAddress } from '@/lib/request/current';
import { noteNothingHere } from '@/lib/request/store';

const TITLES = {
  unknown: 'unknownTitle',
  suspended: 'suspendedTitle',
  active: 'notFoundTitle',
  ours: 'notFoundTitle',
} as const;
const TEXTS = { unknown: 'unknown', suspended: 'suspended', active: 'notFound', ours: 'notFound' } as const;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('error');
  return { title: t(TITLES[await addressState()]) };
}

/* Next sends this along with every page, in case it is needed: keep it small. */
export default async function NotFound() {
  const t = await getTranslations('error');
  const state = await addressState();
  const [title, text] = [t(TITLES[state]), t(TEXTS[state])];
  const way = state === 'unknown' ? { href: rootAddress(), label: t('find') } : { href: '/', label: t('goHome') };
  const shown = state === 'suspended' ? null : way;
  noteNothingHere({ locale: await currentLocale(), title, texts: [text], way: shown });
  return (
    <main className="door-main">
      <div className="door-card stack">
        <h1>{title}</h1>
        <p>{text}</p>
        {shown ? (
          <LinkButton href={shown.href} tone="primary">
            {shown.label}
          </LinkButton>
        ) : null}
      </div>
    </main>
  );
}
