/** Time as plain data. Nothing in this folder asks what time it is: the caller says. */

declare const brand: unique symbol;

/** A plain value that the type system does not let be mistaken for another of the same shape. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>;

/** A length of time, in minutes; a fraction is allowed. */
export type Minutes = Brand<number, 'Minutes'>;

/** A day of the city's own calendar, written 'YYYY-MM-DD'. */
export type LocalDate = string;

/** Where a city's clocks hang. The offset is fixed: a city with summer time needs its own way of counting days. */
export type CityZone = Readonly<{ name: string; offsetMinutes: number }>;

/** The zone of every city in China. */
export const shanghai: CityZone = { name: 'Asia/Shanghai', offsetMinutes: 480 };

/** The moment written as RFC 3339, with its offset. Throws a RangeError for text that names no moment, or no offset. */
export function instant(text: string): Instant {
  const at = Date.parse(text);
  if (Number.isNaN(at) || !/T.*(Z|[+-]\d\d:\d\d)$/i.test(text)) throw new RangeError(`not a moment: ${text}`);
  return at as Instant;
}

/** `n` minutes. */
export const minutes = (n: number): Minutes => n as Minutes;

/** `n` hours, as minutes. */
export const hours = (n: number): Minutes => minutes(n * 60);

/** `n` times 24 hours, as minutes: not a calendar day. */
export const days = (n: number): Minutes => minutes(n * 1440);

/** The moment `wait` after `start`. */
export const after = (start: Instant, wait: Minutes): Instant => (start + Math.round(wait * 60_000)) as Instant;

/** The minutes from `from` to `to`; negative when `to` is the earlier one. */
export const between = (from: Instant, to: Instant): Minutes => minutes((to - from) / 60_000);

/** The earlier of the two. */
export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** The later of the two. */
export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** RFC 3339 in the city's own time, to the second (milliseconds only where there are some): 2026-02-14T09:00:00+08:00. */
export function iso(at: Instant, zone: CityZone = shanghai): string {
  const local = new Date(at + zone.offsetMinutes * 60_000).toISOString();
  const size = Math.abs(zone.offsetMinutes);
  const sign = zone.offsetMinutes < 0 ? '-' : '+';
  return `${local.slice(0, local.endsWith('.000Z') ? -5 : -1)}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Days since 1970-01-01 in the city's own time. */
export const dayOf = (at: Instant, zone: CityZone = shanghai): number =>
  Math.floor((at + zone.offsetMinutes * 60_000) / 86_400_000);

/** The first moment of a day counted by `dayOf`. */
export const startOfDay = (day: number, zone: CityZone = shanghai): Instant =>
  (day * 86_400_000 - zone.offsetMinutes * 60_000) as Instant;

/** The date of a day counted by `dayOf`. */
export const dateOfDay = (day: number): LocalDate => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** The day, counted as by `dayOf`, of a date. Throws a RangeError for a date that does not exist. */
export function dayOfDate(date: LocalDate): number {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at) || dateOfDay(at / 86_400_000) !== date) throw new RangeError(`not a date: ${date}`);
  return at / 86_400_000;
}

/** The date a moment falls on in the city. */
export const dateOf = (at: Instant, zone: CityZone = shanghai): LocalDate => dateOfDay(dayOf(at, zone));

/** The moment of `date` at `time` ('HH:MM' or 'HH:MM:SS'; '24:00' is the end of the day) in the city. */
export const atLocal = (date: LocalDate, time: string, zone: CityZone = shanghai): Instant =>
  (startOfDay(dayOfDate(date), zone) + secondOfDay(time) * 1000) as Instant;

/** The date `n` days after `date`; `n` may be negative. */
export const addDays = (date: LocalDate, n: number): LocalDate => dateOfDay(dayOfDate(date) + n);

/** 0 for Sunday to 6 for Saturday. */
export const weekdayOf = (date: LocalDate): number => weekdayOfDay(dayOfDate(date));

/** 0 for Sunday to 6 for Saturday, of a day counted by `dayOf`. */
export const weekdayOfDay = (day: number): number => (((day + 4) % 7) + 7) % 7; // 1970-01-01 was a Thursday

/** Saturday or Sunday, of a day counted by `dayOf`. */
export const isWeekend = (day: number): boolean => weekdayOfDay(day) % 6 === 0;

/** Seconds since midnight of 'HH:MM' or 'HH:MM:SS', up to '24:00'. Throws a RangeError for anything else. */
export function secondOfDay(time: string): number {
  const parts = /^([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?$/.exec(time);
  const seconds = Number(parts?.[1]) * 3600 + Number(parts?.[2]) * 60 + Number(parts?.[3] ?? 0);
  if (!(seconds <= 86_400)) throw new RangeError(`not a time of day: ${time}`);
  return seconds;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Plain data with its instants written: members named `…At`, and the words below. */
export function written(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => written(each, key));
  if (typeof value === 'number' && /(At|^(at|from|to|until|now|since|before|after|counted))$/.test(key))
    return iso(value as Instant);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, written(v, k)]));
}
