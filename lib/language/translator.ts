import { createTranslator, type Messages, type NamespaceKeys, type NestedKeyOf } from 'next-intl';
import type { Locale } from '@/lib/language/locale';
import { allMessages } from '@/lib/language/messages';

type Namespace = NamespaceKeys<Messages, NestedKeyOf<Messages>>;

const kept = new Map<string, unknown>();

/**
 * Returns the translator of a language, for one namespace or, with `never`, for all. It is made
 * once, because no message contains a date that needs a time zone.
 */
export function translator<Of extends Namespace = never>(locale: Locale, namespace?: Of) {
  const name = `${locale} ${namespace ?? ''}`;
  if (!kept.has(name))
    kept.set(name, remembering(createTranslator({ locale, messages: allMessages(locale), namespace })));
  return kept.get(name) as ReturnType<typeof createTranslator<Messages, Of>>;
}

type Say = (key: string, values?: Record<string, unknown>) => string;

/** A sentence without values is looked for and read once; the library does so each time. */
function remembering<Translator extends object>(translator: Translator) {
  const say = translator as unknown as Say;
  const said = new Map<string, string>();
  const remember: Say = (key, ...values) => {
    if (values.length > 0) return say(key, ...values);
    const known = said.get(key) ?? say(key);
    said.set(key, known);
    return known;
  };
  return Object.assign(remember, translator);
}
