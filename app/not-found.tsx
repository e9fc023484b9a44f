import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LinkButton } from '@/components/ui/link-button';
import { addressState, rootAddress } from '@/lib/request/current';

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
  return (
    <main className="door-main">
      <div className="door-card stack">
        <h1>{t(TITLES[state])}</h1>
        <p>{t(TEXTS[state])}</p>
        {state !== 'suspended' && (
          <LinkButton href={state === 'unknown' ? rootAddress() : '/'} tone="primary">
            {t(state === 'unknown' ? 'find' : 'goHome')}
          </LinkButton>
        )}
      </div>
    </main>
  );
}
