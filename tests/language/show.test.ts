import { expect, test } from 'vitest';
import { showMoment, showSecond } from '@/lib/language/show';

const MOMENT = new Date('2026-03-01T17:05:09Z');

test('a time is written in the reader’s language and time zone, whatever was formatted before', () => {
  for (let time = 0; time < 2; time++) {
    expect(showMoment(MOMENT, 'en', 'America/Toronto')).toMatch(/^March 1, 2026.+12:05\spm$/);
    expect(showMoment(MOMENT, 'en', 'Asia/Tokyo')).toMatch(/^March 2, 2026.+2:05\sam$/);
    expect(showMoment(MOMENT, 'fr', 'America/Toronto')).toMatch(/^1 mars 2026.+12\sh\s05/);
    expect(showSecond(MOMENT, 'en', 'America/Toronto')).toMatch(/^Mar 1, 2026.+12:05:09\spm$/);
    expect(showSecond(MOMENT, 'fr', 'Asia/Tokyo')).toMatch(/^2 mars 2026.+02\sh\s05\smin\s09\ss$/);
  }
});

test('more time zones than the cache holds still format correctly', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  expect(zones.length).toBeGreaterThan(200);
  const write = () => zones.map((timeZone) => showMoment(MOMENT, 'en', timeZone));
  const first = write();
  expect(write()).toEqual(first);
  expect(first[zones.indexOf('Asia/Tokyo')]).toMatch(/^March 2, 2026.+2:05\sam$/);
});
