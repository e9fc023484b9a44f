import Bowser from 'bowser';

/** Returns browser and operating system, such as "Chrome · Windows". */
export function browserOf(userAgent: string) {
  const { browser, os } = Bowser.parse(userAgent || 'unknown');
  return [browser.name, os.name].filter(Boolean).join(' · ') || '–';
}
