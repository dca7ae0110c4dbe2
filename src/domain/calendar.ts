import { type CityZone, dateOfDay, dayOfDate, isWeekend, type LocalDate, shanghai } from './time.ts';

export { type Deadline, deadline, type Period, type Segment, type SkippedDay, type TimeKind } from './deadline.ts';
export { alwaysOpen, hasRoundTheClockDuty, longHours, officeHours, type UnitHours } from './unit-hours.ts';

/** A day the State Council's notice names: off (`isOffDay`), or a make-up working day (调休). */
export type SpecialDay = Readonly<{ name: string; date: LocalDate; isOffDay: boolean }>;

/** One year's notice, in the shape of holiday-cn. It may name days of the year before: 2022-12-31 is in 2023's. */
export type HolidayNotice = Readonly<{ year: number; papers?: readonly string[]; days: readonly SpecialDay[] }>;

/**
 * Which days are off and which are worked, for a whole city; never changed, only replaced. `version` names the content.
 * Days counted by `dayOf` go into `special` and `isPublishedFrom`, dates into the others.
 */
export type Calendar = Readonly<{
  version: string;
  zone: CityZone;
  publishedYears: readonly number[];
  /** The last day of the last published year; null before any notice. */
  publishedThrough: LocalDate | null;
  isWorkingDay(date: LocalDate): boolean;
  isPublished(date: LocalDate): boolean;
  /** What a notice or a correction says of the day, or nothing. */
  special(day: number): SpecialDay | undefined;
  /** Is every day from `first` to `last`, both included, in a published year? */
  isPublishedFrom(first: number, last: number): boolean;
}>;

/**
 * The calendar that these notices add up to, with `corrections` over them. A year is published when its own notice is
 * here and names at least one day; in a year that is not, days are as in a plain week. Where two notices name the same
 * day, the later year's holds. Without a `version`, one is made from the content. Throws a RangeError for a date that
 * does not exist.
 */
export function buildCalendar(
  notices: readonly HolidayNotice[],
  corrections: readonly SpecialDay[] = [],
  { version, zone = shanghai }: Readonly<{ version?: string; zone?: CityZone }> = {},
): Calendar {
  const inOrder = notices.toSorted((a, b) => a.year - b.year);
  const days = new Map<number, SpecialDay>();
  for (const special of [...inOrder.flatMap((notice) => notice.days), ...corrections]) {
    days.set(dayOfDate(special.date), special);
  }
  const years = [...new Set(inOrder.filter((notice) => notice.days.length > 0).map((notice) => notice.year))];
  const spans = publishedSpans(years);
  const last = years.at(-1);
  const isPublishedFrom = (first: number, end: number) => spans.some(([from, to]) => from <= first && end <= to);
  return {
    version: version ?? contentVersion(years, days),
    zone,
    publishedYears: years,
    publishedThrough: last === undefined ? null : `${last}-12-31`,
    isWorkingDay: (date) => {
      const special = days.get(dayOfDate(date));
      return special === undefined ? !isWeekend(dayOfDate(date)) : !special.isOffDay;
    },
    isPublished: (date) => isPublishedFrom(dayOfDate(date), dayOfDate(date)),
    special: (day) => days.get(day),
    isPublishedFrom,
  };
}

/** First and last day of each run of neighbouring years. */
function publishedSpans(years: readonly number[]): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (const year of years) {
    const [first, last] = [dayOfDate(`${year}-01-01`), dayOfDate(`${year}-12-31`)];
    const before = spans.at(-1);
    if (before !== undefined && before[1] + 1 === first) before[1] = last;
    else spans.push([first, last]);
  }
  return spans;
}

/** The same days give the same version, in whatever order they came: '2019-2026.5d1c09ab' (FNV-1a of the days). */
function contentVersion(years: readonly number[], days: ReadonlyMap<number, SpecialDay>): string {
  const content = [...days.entries()]
    .map(([day, { isOffDay }]) => `${dateOfDay(day)}${isOffDay ? '-' : '+'}`)
    .toSorted();
  let hash = 0x811c9dc5;
  for (const char of `${years.join()};${content.join()}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return `${years[0] ?? 'none'}-${years.at(-1) ?? 'none'}.${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
