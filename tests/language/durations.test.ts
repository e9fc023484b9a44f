import { expect, test } from 'vitest';
import { showWait } from '@/lib/language/durations';

test.each([
  [1, '1 minute', '1 minute'],
  [15, '15 minutes', '15 minutes'],
  [60, '1 hour', '1 heure'],
  [61, '1 hour and 1 minute', '1 heure et 1 minute'],
  [360, '6 hours', '6 heures'],
  [359, '5 hours and 59 minutes', '5 heures et 59 minutes'],
])('a wait of %i minutes is shown to the minute in both languages', (minutes, english, french) => {
  expect(showWait(minutes, 'en')).toBe(english);
  expect(showWait(minutes, 'fr').replace(/[\u00a0\u202f]/g, ' ')).toBe(french);
});
