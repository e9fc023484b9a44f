/** Names that Intl still uses for zones which the time zone database has renamed. */
const RENAMED: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};
const OLD_NAMES = new Map(Object.entries(RENAMED).map(([old, current]) => [current, old]));

/** Returns the name under which Intl knows a zone; undefined where it knows none. */
export function intlZone(name: string) {
  return [name, OLD_NAMES.get(name)].find((one) => one !== undefined && formatOf(one));
}

/**
 * Returns every name that a zone may be stored under, the current one first; none where Intl does
 * not know it.
 */
export function namesOf(name: string) {
  const known = intlZone(name);
  const canonical = known && formatOf(known)?.resolvedOptions().timeZone;
  return canonical && known ? [RENAMED[canonical] ?? canonical, canonical, known] : [];
}

/** Returns the zone to show times in for a stored name: UTC where Intl does not know it. */
export function usableZone(stored: string) {
  return intlZone(stored) ?? 'UTC';
}

/** Returns the day of a moment in a zone, as `2026-12-01`. */
export function dayIn(timeZone: string, moment: Date) {
  return wallClock(timeZone, moment).toISOString().slice(0, 10);
}

/**
 * Returns the first moment of a day in a zone, also where its midnight is skipped or comes twice.
 */
export function startOfDay(day: string, timeZone: string) {
  const utc = new Date(`${day}T00:00:00Z`).getTime();
  const [first, second] = [-1, 1]
    .map((side) => new Date(utc + side * DAY))
    .map((near) => utc - (wallClock(timeZone, near).getTime() - near.getTime()))
    .sort((a, b) => a - b);
  const startsAt = (at: number) =>
    dayIn(timeZone, new Date(at)) >= day && dayIn(timeZone, new Date(at - 1)) < day ? new Date(at) : undefined;
  return startsAt(first ?? utc) ?? startsAt(second ?? utc) ?? new Date(second ?? utc);
}

/** Returns the day a number of days later. */
export function addDays(day: string, days: number) {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + days * DAY).toISOString().slice(0, 10);
}

const DAY = 86_400_000;

/** The date and time that clocks in a zone show, as if they were UTC's. */
function wallClock(timeZone: string, moment: Date) {
  const parts = formatOf(timeZone)?.formatToParts(moment) ?? [];
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  const ms = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return new Date(ms + moment.getUTCMilliseconds());
}

// Making a format costs as much as using it a hundred times.
const formats = new Map<string, Intl.DateTimeFormat | undefined>();
const MOST_KEPT = 500;

function formatOf(timeZone: string) {
  if (formats.has(timeZone)) return formats.get(timeZone);
  if (formats.size >= MOST_KEPT) formats.clear();
  const made = tryFormat(timeZone);
  formats.set(timeZone, made);
  return made;
}

function tryFormat(timeZone: string) {
  const shape = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...shape, second: 'numeric', hourCycle: 'h23', timeZone });
  } catch {
    return undefined;
  }
}
