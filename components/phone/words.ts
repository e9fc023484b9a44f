import type en from '@/messages/en.json';

/** The sentences of the Phone page, as the server has read them. */
export type PhoneWords = (typeof en)['phone'];
/** Those that every page of a person with a phone carries. */
export type DockWords = (typeof en)['phoneDock'];

/** Promises a sentence with its values put in, as text. Pure. */
export function fill(sentence: string, values: Record<string, string | number>) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}
