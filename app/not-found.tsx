import type { Metadata } from 'next';
import { translator } from '@/lib/language/translator';
import { addressState, rootAddress } from '@/lib/request/current';
import { noteNotFound } from '@/lib/request/store';
import { cardOf } from '@/lib/request/without-script';

const TITLES = {
  unknown: 'unknownTitle',
  suspended: 'suspendedTitle',
  active: 'notFoundTitle',
  ours: 'notFoundTitle',
} as const;
const TEXTS = { unknown: 'unknown', suspended: 'suspended', active: 'notFound', ours: 'notFound' } as const;

export async function generateMetadata(): Promise<Metadata> {
  const { locale, state } = await addressState();
  return { title: translator(locale, 'error')(TITLES[state]) };
}

/*
 * Next sends this along with every page, in case it is needed: one element, and its markup as one
 * text.
 */
export default async function NotFound() {
  const { locale, state } = await addressState();
  const t = translator(locale, 'error');
  const way = state === 'unknown' ? { href: rootAddress(), label: t('find') } : { href: '/', label: t('goHome') };
  const markup = cardOf({
    title: t(TITLES[state]),
    texts: [t(TEXTS[state])],
    way: state === 'suspended' ? null : way,
  });
  noteNotFound({ locale, markup });
  return <main className="door-main" dangerouslySetInnerHTML={{ __html: markup }} />;
}
