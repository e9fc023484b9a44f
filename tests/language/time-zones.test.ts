import { expect, test } from 'vitest';
import { addDays, dayIn, namesOf, startOfDay, usableZone } from '@/lib/language/time-zones';

test('a day starts at its first moment, also where midnight is skipped, comes twice or the whole day is missing', () => {
  for (const [day, zone, start] of [
    ['2026-03-02', 'UTC', '2026-03-02T00:00:00.000Z'],
    ['2026-03-02', 'America/Toronto', '2026-03-02T05:00:00.000Z'],
    ['2026-07-02', 'America/Toronto', '2026-07-02T04:00:00.000Z'],
    ['2026-03-08', 'America/Toronto', '2026-03-08T05:00:00.000Z'],
    ['2026-03-09', 'America/Toronto', '2026-03-09T04:00:00.000Z'],
    ['2026-03-02', 'Asia/Kathmandu', '2026-03-01T18:15:00.000Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['2024-11-03', 'America/Havana', '2024-11-03T04:00:00.000Z'],
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['1994-12-31', 'Pacific/Kiritimati', '1994-12-31T10:00:00.000Z'],
  ] as const) {
    expect([day, zone, startOfDay(day, zone).toISOString()]).toEqual([day, zone, start]);
  }
});

test('in every zone the days of a year follow each other without a gap', () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 13)) {
      const start = startOfDay(day, zone);
      expect([zone, day, dayIn(zone, start)]).toEqual([zone, day, day]);
      expect([zone, day, dayIn(zone, new Date(start.getTime() - 1))]).toEqual([zone, day, addDays(day, -1)]);
    }
  }
});

test('an old name of a zone leads to the current one, and none to another zone', () => {
  for (const [old, current] of [
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['America/Montreal', 'America/Toronto'],
    ['US/Eastern', 'America/New_York'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['etc/utc', 'UTC'],
  ] as const) {
    expect([old, namesOf(old)[0]]).toEqual([old, current]);
    expect(startOfDay('2026-07-01', old)).toEqual(startOfDay('2026-07-01', current));
  }
  for (const name of Intl.supportedValuesOf('timeZone')) expect(namesOf(name)).toContain(name);
  for (const name of ['Mars/Olympus', '', 'UTC; drop', 'a\0b', 'x'.repeat(500)]) expect(namesOf(name)).toEqual([]);
});

test('a stored zone that this machine does not know counts as UTC', () => {
  expect(['Mars/Olympus', '', 'Asia/Calcutta', 'Europe/Kyiv'].map(usableZone)).toEqual([
    'UTC',
    'UTC',
    'Asia/Calcutta',
    'Europe/Kyiv',
  ]);
});
