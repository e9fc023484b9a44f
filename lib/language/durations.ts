/** Returns "4 hours", "30 minutes" or "2 days": the largest unit that divides a duration. */
export function showDuration(minutes: number, locale: string) {
  const [count, unit] =
    minutes >= 2880 && minutes % 1440 === 0
      ? ([minutes / 1440, 'day'] as const)
      : minutes % 60 === 0
        ? ([minutes / 60, 'hour'] as const)
        : ([minutes, 'minute'] as const);
  return inUnit(count, unit, locale);
}

/** Returns how long to wait, to the minute: "15 minutes", "5 hours and 59 minutes". */
export function showWait(minutes: number, locale: string) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [
    ...(hours > 0 ? [inUnit(hours, 'hour', locale)] : []),
    ...(rest > 0 || hours === 0 ? [inUnit(rest, 'minute', locale)] : []),
  ];
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(parts);
}

function inUnit(count: number, unit: 'day' | 'hour' | 'minute', locale: string) {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
