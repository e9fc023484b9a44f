import type en from '@/messages/en.json';

/** The messages of the Phone page. */
export type PhoneWords = (typeof en)['phone'];
/** The messages of the dock, on every page of a user with a phone. */
export type DockWords = (typeof en)['phoneDock'];

/** Returns a message with its placeholders replaced. */
export function fill(sentence: string, values: Record<string, string | number>) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}
