import { createTranslator, type Messages, type NamespaceKeys, type NestedKeyOf } from 'next-intl';
import { allMessages } from '@/lib/messages';
import type { Locale } from '@/lib/tenants/tenants';

type Namespace = NamespaceKeys<Messages, NestedKeyOf<Messages>>;

const kept = new Map<string, unknown>();

/**
 * Promises what says a language's sentences by their names, of one namespace or with never all; made once, for no sentence
 * has a date in it that needs a time zone.
 */
export function translator<Of extends Namespace = never>(locale: Locale, namespace?: Of) {
  const name = `${locale} ${namespace ?? ''}`;
  if (!kept.has(name)) kept.set(name, createTranslator({ locale, messages: allMessages(locale), namespace }));
  return kept.get(name) as ReturnType<typeof createTranslator<Messages, Of>>;
}
