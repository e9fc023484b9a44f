/** Durations are milliseconds; these functions name the unit that a number is written in. */
export const seconds = (n: number) => n * 1_000;
export const minutes = (n: number) => seconds(n * 60);
export const hours = (n: number) => minutes(n * 60);
export const days = (n: number) => hours(n * 24);

/** These return a duration in another unit. */
export const inSeconds = (ms: number) => ms / seconds(1);
export const inMinutes = (ms: number) => ms / minutes(1);
export const inHours = (ms: number) => ms / hours(1);
export const inDays = (ms: number) => ms / days(1);
