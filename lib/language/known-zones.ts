import { statement } from '@/db';
import { intlZone, namesOf, usableZone } from '@/lib/language/time-zones';
import { log } from '@/lib/log';

const LISTED = Intl.supportedValuesOf('timeZone');

/**
 * Returns the name to store for a time zone; undefined where this machine or the database does not
 * know it.
 */
export async function storableZone(name: string) {
  const zones = await databaseZones();
  return namesOf(name).find((one) => zones.has(one));
}

/** Returns the zones to choose from and the one that is selected for a stored name. */
export async function timeZoneChoice(stored: string) {
  const zones = await databaseZones();
  const storable = (name: string) => namesOf(name).find((one) => zones.has(one)) ?? '';
  const selected = storable(stored) || usableZone(stored);
  const names = new Set([selected, ...LISTED.map(storable)].filter((name) => name && name !== 'UTC').sort());
  const options = ['UTC', ...names].map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
  return { options, defaultValue: selected };
}

/**
 * Returns the zone to use for a stored name and, if that is UTC only because it is unknown, the
 * unknown name.
 */
export function zoneInUse(stored: string) {
  if (intlZone(stored)) return { timeZone: usableZone(stored), unknownZone: null };
  reportOnce(stored);
  return { timeZone: 'UTC', unknownZone: stored };
}

const reported = new Set<string>();
const MOST_REPORTED = 100;

function reportOnce(zone: string) {
  if (reported.has(zone) || reported.size >= MOST_REPORTED) return;
  reported.add(zone);
  log().warn({ alert: 'unknown time zone', zone });
}

let kept: Set<string> | undefined;

async function databaseZones() {
  kept ??= new Set(
    (await statement<{ name: string }>('select name from pg_timezone_names', [])).map(({ name }) => name),
  );
  return kept.add('UTC');
}
