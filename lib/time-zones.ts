const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** The zones to choose from; the one in use is among them even where this machine knows it by another name. */
export function timeZoneOptions(inUse: string) {
  const zones = ZONES.includes(inUse) ? ZONES : [inUse, ...ZONES];
  return zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
}
