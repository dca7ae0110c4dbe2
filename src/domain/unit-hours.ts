import type { Calendar } from './calendar.ts';
import { secondOfDay, weekdayOfDay } from './time.ts';

/** The names of the days in `UnitHours`, in the order of `weekdayOf`. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** One stretch of open doors within a day, 'HH:MM' each; '24:00' is the end of the day. */
export type Shift = readonly [opens: string, closes: string];

/**
 * When a unit works, as data: the shifts of each weekday (a weekday left out is closed). A make-up working day works
 * with Monday's shifts, or with the first working weekday's where Monday is closed. On a public holiday the unit is
 * closed, unless `holidays` says that it keeps its week.
 */
export type UnitHours = Readonly<{
  week: Readonly<Partial<Record<Weekday, readonly Shift[]>>>;
  holidays?: boolean | undefined;
}>;

/** A shift in milliseconds from the start of its day. */
export type Opening = Readonly<{ opensMs: number; closesMs: number }>;

const office: readonly Shift[] = [
  ['09:00', '12:00'],
  ['13:00', '18:00'],
];
const eightToEight: readonly Shift[] = [['08:00', '20:00']];
const allDay: readonly Shift[] = [['00:00', '24:00']];

/** Monday to Friday 09:00-12:00 and 13:00-18:00: units that say nothing, and the clocks of no unit. */
export const officeHours: UnitHours = { week: { mon: office, tue: office, wed: office, thu: office, fri: office } };

/** 早8晚8 with Saturdays: Monday to Saturday 08:00-20:00. */
export const longHours: UnitHours = {
  week: {
    mon: eightToEight,
    tue: eightToEight,
    wed: eightToEight,
    thu: eightToEight,
    fri: eightToEight,
    sat: eightToEight,
  },
};

/** Duty round the clock, public holidays included. */
export const alwaysOpen: UnitHours = {
  week: { sun: allDay, mon: allDay, tue: allDay, wed: allDay, thu: allDay, fri: allDay, sat: allDay },
  holidays: true,
};

/** What is wrong with these hours, in words, or null: shifts in order, not overlapping, at least one. */
export function hoursFault(hours: UnitHours): string | null {
  try {
    read(hours);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Does somebody always answer here, at night and on holidays too? */
export const hasRoundTheClockDuty = (hours: UnitHours): boolean => openings(hours).roundTheClock;

/** The shifts of a day (counted as by `dayOf`), earliest first; none when the unit is closed. */
export function openingsOn(day: number, calendar: Calendar, hours: UnitHours): readonly Opening[] {
  const { week, makeUp, holidays } = openings(hours);
  const special = calendar.special(day);
  if (special === undefined || (special.isOffDay && holidays)) return week[weekdayOfDay(day)] ?? [];
  return special.isOffDay ? [] : makeUp;
}

/** Does the unit work on this day (counted as by `dayOf`)? */
export const worksOn = (day: number, calendar: Calendar, hours: UnitHours): boolean =>
  openingsOn(day, calendar, hours).length > 0;

type Openings = Readonly<{
  week: readonly (readonly Opening[])[];
  makeUp: readonly Opening[];
  holidays: boolean;
  roundTheClock: boolean;
}>;

const known = new WeakMap<UnitHours, Openings>(); // reading is pure, so the same hours are read once

function openings(hours: UnitHours): Openings {
  const seen = known.get(hours);
  if (seen !== undefined) return seen;
  const fresh = read(hours);
  known.set(hours, fresh);
  return fresh;
}

function read(hours: UnitHours): Openings {
  const week = weekdays.map((weekday) => readDay(weekday, hours.week[weekday] ?? []));
  const makeUp = [...week.slice(1), ...week.slice(0, 1)].find((shifts) => shifts.length > 0);
  if (makeUp === undefined) throw new RangeError('a unit that never opens has no working time');
  const holidays = hours.holidays === true;
  const full = week.every((shifts) => shifts.reduce((sum, s) => sum + s.closesMs - s.opensMs, 0) === 86_400_000);
  return { week, makeUp, holidays, roundTheClock: holidays && full };
}

function readDay(weekday: Weekday, shifts: readonly Shift[]): readonly Opening[] {
  let lastMs = 0;
  return shifts.map(([opens, closes]) => {
    const opening = { opensMs: secondOfDay(opens) * 1000, closesMs: secondOfDay(closes) * 1000 };
    if (opening.opensMs < lastMs || opening.closesMs <= opening.opensMs) {
      throw new RangeError(`${weekday} ${opens}-${closes}: shifts must follow each other and close after they open`);
    }
    lastMs = opening.closesMs;
    return opening;
  });
}
