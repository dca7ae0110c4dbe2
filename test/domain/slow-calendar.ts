import { readFileSync } from 'node:fs';
import { buildCalendar, type HolidayNotice, type TimeKind } from '../../src/domain/calendar.ts';
import type { Instant } from '../../src/domain/time.ts';
import { type UnitHours, weekdays } from '../../src/domain/unit-hours.ts';

/** The notices of the demo city, by the year in the file's name. */
export const notices = [2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027].map(
  (year): HolidayNotice =>
    JSON.parse(readFileSync(new URL(`../../src/dev/city/calendar/${year}.json`, import.meta.url), 'utf8')),
);
export const calendar = buildCalendar(notices);

const minuteMs = 60_000;
const named = new Map(notices.flatMap((notice) => notice.days.map((day) => [day.date, day.isOffDay])));
const localText = (at: number) => new Date(at + 480 * minuteMs).toISOString();

/** Is a unit open in this minute? Asked of the text of the local time, so that it shares nothing with the calendar. */
export function isOpenAt(at: number, hours: UnitHours): boolean {
  const text = localText(at);
  const [date, time] = [text.slice(0, 10), text.slice(11, 16)];
  const isOff = named.get(date);
  const weekday = isOff === false ? 'mon' : (weekdays[new Date(`${date}T12:00:00Z`).getUTCDay()] ?? 'sun');
  if (isOff === true && hours.holidays !== true) return false;
  return (hours.week[weekday] ?? []).some(([opens, closes]) => opens <= time && time < closes);
}

/** The due instant by walking the minutes one at a time from `start`, which is a whole minute. */
export function slowDeadline(
  start: Instant,
  kind: TimeKind,
  amount: number,
  hours: UnitHours,
  isPaused: (at: number) => boolean = () => false,
): number {
  if (kind === 'wall' || kind === 'working_hour') {
    let [at, left] = [start as number, amount];
    for (; left > 0; at += minuteMs) if (!isPaused(at) && (kind === 'wall' || isOpenAt(at, hours))) left--;
    return at;
  }
  let midnight = start as number;
  const toNextMidnight = () => {
    do midnight += minuteMs;
    while (!localText(midnight).includes('T00:00'));
  };
  for (let counted = 0; ; ) {
    toNextMidnight();
    const lastOpen = lastOpenMinute(midnight, hours);
    if (kind === 'calendar_day' || lastOpen !== null) counted++;
    if (counted < amount || lastOpen === null) continue;
    const dayEnd = midnight + 1440 * minuteMs - 1000;
    return kind === 'calendar_day' ? dayEnd : Math.min(lastOpen + minuteMs, dayEnd);
  }
}

function lastOpenMinute(midnight: number, hours: UnitHours): number | null {
  for (let at = midnight + 1439 * minuteMs; at >= midnight; at -= minuteMs) if (isOpenAt(at, hours)) return at;
  return null;
}
