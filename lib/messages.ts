import en from '@/messages/en.json';
import fr from '@/messages/fr.json';

/** Every sentence of a language. */
export function allMessages(locale: 'en' | 'fr') {
  return locale === 'fr' ? fr : en;
}
