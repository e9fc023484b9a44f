import { beforeEach, expect, test, vi } from 'vitest';

const removed = vi.hoisted(() => new Set<string>());

/**
 * The database knows every zone but those in `removed`, as one whose zone data has no old, or no
 * new, names.
 */
vi.mock('@/db', async (original) => {
  const db = await original<typeof import('@/db')>();
  const statement = async (text: string, parameters: []) =>
    (await db.statement<{ name: string }>(text, parameters)).filter(({ name }) => !removed.has(name));
  return { ...db, statement };
});

beforeEach(() => {
  removed.clear();
  vi.resetModules();
});

test('a zone is stored under a name that this machine and the database both know', async () => {
  expect(await stored('Asia/Calcutta')).toBe('Asia/Kolkata');
  expect(await stored('america/new_york')).toBe('America/New_York');
  expect(await stored('US/Pacific')).toBe('America/Los_Angeles');
  expect(await stored('Etc/GMT+5')).toBe('Etc/GMT+5');
  for (const name of ['Mars/Olympus', '', '+05:30', '-08', 'EST5EDT4', 'posixrules', 'right/UTC', "'"])
    expect([name, await stored(name)]).toEqual([name, undefined]);
});

test('where the database has one of the names alone, that one is stored; where it has none, the zone is refused', async () => {
  removed.add('Asia/Kolkata').add('Asia/Tokyo').add('UTC');
  expect(await stored('Asia/Kolkata')).toBe('Asia/Calcutta');
  expect(await stored('Asia/Tokyo')).toBeUndefined();
  expect(await stored('UTC')).toBe('UTC');
});

test('the list to choose from holds only what can be stored, each zone once, and selects the stored one', async () => {
  removed.add('Asia/Calcutta').add('Asia/Tokyo');
  const { timeZoneChoice, storableZone } = await import('@/lib/language/known-zones');
  const { options, defaultValue } = await timeZoneChoice('Asia/Calcutta');
  const names = options.map(({ value }) => value);
  expect(defaultValue).toBe('Asia/Kolkata');
  expect(names).toContain('Asia/Kolkata');
  expect(names).not.toContain('Asia/Calcutta');
  expect(names).not.toContain('Asia/Tokyo');
  expect(names.length).toBeGreaterThan(380);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(await storableZone(name)).toBe(name);
  expect((await timeZoneChoice('Mars/Olympus')).defaultValue).toBe('UTC');
});

async function stored(name: string) {
  const { storableZone } = await import('@/lib/language/known-zones');
  return storableZone(name);
}
