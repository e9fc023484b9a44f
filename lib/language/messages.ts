import en from '@/messages/en.json';
import fr from '@/messages/fr.json';

/** Every sentence of a language. */
export function allMessages(locale: 'en' | 'fr') {
  return locale === 'fr' ? fr : en;
}

/** Whether these words have a sentence of this name. Pure. */
export function hasWords<Name extends string>(words: { has: (name: Name) => boolean }, name: string): name is Name {
  return words.has(name as Name);
}

// A sentence that is not there is an error of types, not a name on the screen.
declare module 'next-intl' {
  interface AppConfig {
    Messages: typeof en;
    Locale: 'en' | 'fr';
  }
}
