import Bowser from 'bowser';

/** Promises browser and system in words, "Chrome on Windows"-like parts joined by a middle dot. */
export function browserOf(userAgent: string) {
  const { browser, os } = Bowser.parse(userAgent || 'unknown');
  return [browser.name, os.name].filter(Boolean).join(' · ') || '–';
}
