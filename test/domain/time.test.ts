import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  after,
  atLocal,
  between,
  dateOf,
  dayOfDate,
  hours,
  type Instant,
  instant,
  iso,
  minutes,
  startOfDay,
  weekdayOf,
} from '../../src/domain/time.ts';

test('a moment is written in the time of the city, and read back as the same moment', () => {
  expect(iso(instant('2026-02-14T01:00:00Z'))).toBe('2026-02-14T09:00:00+08:00');
  expect(iso(instant('2026-02-14T01:00:00.250Z'))).toBe('2026-02-14T09:00:00.250+08:00');
  expect(iso(instant('2026-02-14T01:00:00Z'), { name: 'America/St_Johns', offsetMinutes: -210 })).toBe(
    '2026-02-13T21:30:00-03:30',
  );
  fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => instant(iso(at as Instant)) === at));
});
test.each(['2026-02-14', '2026-02-14T09:00:00', 'soon', ''])('a moment without an offset is refused: %j', (text) => {
  expect(() => instant(text)).toThrow(/not a moment/);
});
test('the day of the city changes at 16:00 UTC', () => {
  expect(dateOf(instant('2022-12-30T15:59:59Z'))).toBe('2022-12-30');
  expect(dateOf(instant('2022-12-30T16:00:00Z'))).toBe('2022-12-31');
  expect(startOfDay(dayOfDate('2022-12-31'))).toBe(instant('2022-12-30T16:00:00Z'));
});
test('a local time is a moment; 24:00 is the next midnight', () => {
  expect(atLocal('2026-02-14', '09:00')).toBe(instant('2026-02-14T01:00:00Z'));
  expect(atLocal('2026-02-14', '23:59:59')).toBe(instant('2026-02-14T15:59:59Z'));
  expect(atLocal('2026-02-14', '24:00')).toBe(atLocal('2026-02-15', '00:00'));
});
test.each(['24:01', '24:00:01', '9:00', '12:60', ''])('%j is no time of day', (time) => {
  expect(() => atLocal('2026-02-14', time)).toThrow(/not a time of day/);
});
test.each(['2026-02-29', '2026-13-01', '2026-2-1', ''])('%j is no date', (date) => {
  expect(() => addDays(date, 1)).toThrow(/not a date/);
});
test('days are added over month, leap day and year', () => {
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  expect(addDays('2022-12-31', 1)).toBe('2023-01-01');
  expect(addDays('2023-01-01', -1)).toBe('2022-12-31');
});
test('weekdays count from Sunday', () => {
  expect(['2026-02-15', '2026-02-16', '2026-02-21', '1969-12-31'].map(weekdayOf)).toEqual([0, 1, 6, 3]);
});
test('lengths add up to whole milliseconds', () => {
  const start = instant('2026-02-14T01:00:00Z');
  expect(between(start, after(start, hours(26)))).toBe(1560);
  expect(Number.isInteger(after(start, minutes(0.1 + 0.2)))).toBe(true);
});
