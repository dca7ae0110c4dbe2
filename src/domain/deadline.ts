import type { Calendar } from './calendar.ts';
import { dateOfDay, dayOf, type Instant, isWeekend, type LocalDate, startOfDay } from './time.ts';
import { officeHours, openingsOn, type UnitHours, worksOn } from './unit-hours.ts';

/**
 * wall: every minute counts. working_hour: the minutes the unit works. calendar_day: whole days, ending at 23:59:59.
 * working_day: days the unit works, ending at closing time.
 */
export type TimeKind = 'wall' | 'calendar_day' | 'working_day' | 'working_hour';

/** A length of time: `amount` is in minutes for wall and working_hour, in days for calendar_day and working_day. */
export type Period = Readonly<{ kind: TimeKind; amount: number }>;

/** Whose time is counted: the city's days off and the unit's hours. */
export type Timetable = Readonly<{ calendar: Calendar; hours: UnitHours }>;

/** A day that did not count, and why; `name` is the holiday's. */
export type SkippedDay = Readonly<{
  date: LocalDate;
  why: 'first_day' | 'holiday' | 'weekend' | 'unit_closed';
  name: string | null;
}>;

/** A stretch of a clock's life. */
export type Segment = Readonly<{ from: Instant; to: Instant; state: 'running' }>;

/** When a period ends, and how it came to that. `provisional`: it was counted over days no notice has spoken of yet. */
export type Deadline = Readonly<{
  dueAt: Instant;
  provisional: boolean;
  segments: readonly Segment[];
  skippedDays: readonly SkippedDay[];
}>;

/** `n` minutes, nights and holidays included. */
export const wallMinutes = (n: number): Period => ({ kind: 'wall', amount: n });
/** `n` hours, nights and holidays included. */
export const wallHours = (n: number): Period => wallMinutes(n * 60);
/** `n` hours of the unit's working time. */
export const workingHours = (n: number): Period => ({ kind: 'working_hour', amount: n * 60 });
/** `n` days on which the unit works. */
export const workingDays = (n: number): Period => ({ kind: 'working_day', amount: n });
/** `n` days of the calendar. */
export const calendarDays = (n: number): Period => ({ kind: 'calendar_day', amount: n });

/**
 * When a period that begins at `start` is over. The first day is not counted; a calendar-day period ends at 23:59:59
 * of its last day, and if that is a day off, of the next working day; a working-day period ends at closing time.
 * Throws a RangeError for an amount that is negative, not finite, or longer than a century.
 */
export function deadline({
  start,
  kind,
  amount,
  calendar,
  hours = officeHours,
}: Period & Readonly<{ start: Instant; calendar: Calendar; hours?: UnitHours }>): Deadline {
  const timetable = { calendar, hours };
  const end = endOf({ kind, amount }, start, timetable);
  return {
    dueAt: end.at,
    provisional: isProvisional(kind, start, end, timetable),
    segments: [{ from: start, to: end.at, state: 'running' }],
    skippedDays: skippedDays(kind, start, end, timetable),
  };
}

/** The end of a period; `lastDay` is the last day that was counted, before it was moved over days off. */
export type End = Readonly<{ at: Instant; lastDay: number }>;

/** `deadline` without the explanation: this runs several times for every order that is created. */
export function endOf({ kind, amount }: Period, start: Instant, timetable: Timetable): End {
  const { zone } = timetable.calendar;
  const perCentury = kind === 'wall' || kind === 'working_hour' ? 52_596_000 : 36_525;
  if (!(amount >= 0 && amount <= perCentury)) throw new RangeError(`cannot count ${amount} (${kind})`);
  if (kind === 'wall') return endAt((start + Math.round(amount * 60_000)) as Instant, timetable);
  if (kind === 'working_hour') return endAt(addWorkingMs(start, Math.round(amount * 60_000), timetable), timetable);
  if (kind === 'calendar_day') return endOfCalendarDay(dayOf(start, zone) + Math.ceil(amount), timetable);
  let day = dayOf(start, zone);
  for (let left = Math.ceil(amount); left > 0; left--) day = nextWorkingDay(day + 1, timetable);
  return closingOf(day, timetable);
}

/** `end` pushed back by `countedMs` of the kind's own time, then rounded up as that kind ends. */
export function pushBack(end: Instant, countedMs: number, kind: TimeKind, timetable: Timetable): End {
  const { zone } = timetable.calendar;
  if (kind === 'wall') return endAt((end + countedMs) as Instant, timetable);
  if (kind === 'calendar_day') {
    return endOfCalendarDay(dayOf((end + countedMs + 999) as Instant, zone), timetable); // past 23:59:59: the next day
  }
  const at = addWorkingMs(end, countedMs, timetable);
  return kind === 'working_hour' ? endAt(at, timetable) : closingOf(dayOf(at, zone), timetable);
}

/** The milliseconds from `from` to `to` that a clock of this kind counts; 0 when `to` is not later. */
export function countedMs(from: Instant, to: Instant, kind: TimeKind, timetable: Timetable): number {
  if (to <= from) return 0;
  if (kind === 'wall' || kind === 'calendar_day') return to - from;
  const { calendar, hours } = timetable;
  let sum = 0;
  for (let day = dayOf(from, calendar.zone); day <= dayOf(to, calendar.zone); day++) {
    const midnight = startOfDay(day, calendar.zone);
    for (const { opensMs, closesMs } of openingsOn(day, calendar, hours)) {
      sum += Math.max(0, Math.min(to, midnight + closesMs) - Math.max(from, midnight + opensMs));
    }
  }
  return sum;
}

/** The moment at which `ms` that a clock of this kind counts have passed since `from`. */
export const advance = (from: Instant, ms: number, kind: TimeKind, timetable: Timetable): Instant =>
  kind === 'wall' || kind === 'calendar_day' ? ((from + ms) as Instant) : addWorkingMs(from, ms, timetable);

/** Was this end counted over a day of a year that is not published? Wall time asks no calendar. */
export function isProvisional(kind: TimeKind, start: Instant, end: End, { calendar }: Timetable): boolean {
  if (kind === 'wall') return false;
  const first = kind === 'calendar_day' ? end.lastDay : dayOf(start, calendar.zone);
  return !calendar.isPublishedFrom(first, dayOf(end.at, calendar.zone));
}

/** The days between `start` and `end` that a clock of this kind did not count, earliest first. */
export function skippedDays(kind: TimeKind, start: Instant, end: End, timetable: Timetable): readonly SkippedDay[] {
  if (kind === 'wall') return [];
  const { calendar, hours } = timetable;
  const startDay = dayOf(start, calendar.zone);
  const skipped: SkippedDay[] = [];
  if (kind !== 'working_hour') skipped.push({ date: dateOfDay(startDay), why: 'first_day', name: null });
  const first = kind === 'calendar_day' ? Math.max(end.lastDay, startDay + 1) : startDay + skipped.length;
  for (let day = first; day < dayOf(end.at, calendar.zone); day++) {
    if (worksOn(day, calendar, hours)) continue;
    const special = calendar.special(day);
    const plain = isWeekend(day) ? 'weekend' : 'unit_closed';
    skipped.push({
      date: dateOfDay(day),
      why: special?.isOffDay === true ? 'holiday' : plain,
      name: special?.name ?? null,
    });
  }
  return skipped;
}

const endAt = (at: Instant, { calendar }: Timetable): End => ({ at, lastDay: dayOf(at, calendar.zone) });

function endOfCalendarDay(lastDay: number, timetable: Timetable): End {
  const day = nextWorkingDay(lastDay, timetable);
  return { at: (startOfDay(day + 1, timetable.calendar.zone) - 1000) as Instant, lastDay };
}

/** Closing time of `day`, or of the next working day; a unit that closes at 24:00 closes at 23:59:59 of the same date. */
function closingOf(lastDay: number, timetable: Timetable): End {
  const day = nextWorkingDay(lastDay, timetable);
  const closesMs = openingsOn(day, timetable.calendar, timetable.hours).at(-1)?.closesMs ?? 0;
  return { at: (startOfDay(day, timetable.calendar.zone) + Math.min(closesMs, 86_399_000)) as Instant, lastDay };
}

/** `day` itself when the unit works on it, else the next day on which it does. */
function nextWorkingDay(from: number, { calendar, hours }: Timetable): number {
  for (let day = from; day < from + 400; day++) if (worksOn(day, calendar, hours)) return day;
  throw new RangeError(`no working day within 400 days of ${dateOfDay(from)}`);
}

/** Nothing to add still waits for the doors to open. */
function addWorkingMs(start: Instant, ms: number, timetable: Timetable): Instant {
  const { calendar, hours } = timetable;
  let left = ms;
  for (let day = dayOf(start, calendar.zone); ; day = nextWorkingDay(day + 1, timetable)) {
    const midnight = startOfDay(day, calendar.zone);
    for (const { opensMs, closesMs } of openingsOn(day, calendar, hours)) {
      const from = Math.max(start, midnight + opensMs);
      const open = midnight + closesMs - from;
      if (open <= 0) continue; // already over when the clock started
      if (left <= open) return (from + left) as Instant;
      left -= open;
    }
  }
}
