import { describe, expect, test } from 'vitest';
import { longHours, officeHours, type UnitHours } from '../../src/domain/calendar.ts';
import { type ClockKind, defaultClockRules, ruleFor, startClock } from '../../src/domain/clocks.ts';
import { atLocal, iso } from '../../src/domain/time.ts';
import { calendar } from './slow-calendar.ts';

/** When a clock of a unit that works these hours is due, by the limits a city starts with. */
function due(started: string, hours: UnitHours, kind: ClockKind, variant = 'default'): string {
  const at = atLocal(started.slice(0, 10), started.slice(11));
  const rule = ruleFor(defaultClockRules, kind, variant);
  const clock = startClock({ seq: 1, kind, unit: 'u', rule, at }, { calendar, hours });
  expect(clock.provisional).toBe(false);
  return iso(clock.dueAt).slice(5, 19).replace('T', ' ');
}

/** The clocks of the table, in its columns: 4 working hours, 7 and 15 calendar days, 1 and 3 working days. */
const columns = [
  ['sign', 'default'],
  ['resolve', 'ordinary'],
  ['resolve', 'hard'],
  ['decision', 'default'],
  ['rework', 'default'],
  ['report_in', 'resident_request'],
] as const;

// Computed by hand from the State Council's notices in src/dev/city/calendar, never from the program.
//
// 2024: off Saturday 10 to Saturday 17 February; Sunday 4 and Sunday 18 worked. The eve, Friday 9, is a working day.
//   From Friday 9, 17:00. Sign: one hour on Friday, three on Sunday 18 (09-12). The unit of 08-20 has three hours left on
//   Friday and one on Sunday 18, with Monday's hours. Day 7 is Friday 16, off: Sunday 18. Day 15 is Saturday 24: a day off
//   for an office, which moves it to Monday 26, and a working day for who works on Saturdays. Working days: 18, 19, 20.
// 2025: off Tuesday 28 January to Tuesday 4 February; Sunday 26 January and Saturday 8 February worked.
//   From Sunday 26, 17:00. Sign: one hour, three on Monday 27; or three, and one on Monday from 08. Day 7 is Sunday 2
//   February, off: Wednesday 5. Day 15 is Monday 10. Working days: 27 January, 5 and 6 February.
// 2026: off Sunday 15 to Monday 23 February; Saturday 14 and Saturday 28 worked.
//   From Saturday 14, 16:00. Sign: two hours, two on Tuesday 24; the unit of 08-20 has all four on Saturday, to the minute
//   of closing. Day 7 is Saturday 21, off for both: Tuesday 24. Day 15 is Sunday 1 March, off for both: Monday 2.
//   Working days: 24, 25, 26.
// 2026: off Friday 25 to Sunday 27 September and Thursday 1 to Wednesday 7 October; Sunday 20 September worked.
//   From Sunday 20, 11:00. Sign: one hour before noon, three from 13:00; without the break until 15:00. Day 7 is Sunday 27,
//   off: Monday 28. Day 15 is Monday 5 October, off: Thursday 8. Working days: 21, 22, 23.
// biome-ignore format: one row per line, read by column
const table = [
  //   dispatched                unit                    sign              7 days   15 days  1 day    3 days
  { at: '2024-02-09 17:00', unit: 'an office',      due: ['02-18 12:00:00', '02-18', '02-26', '02-18', '02-20'] },
  { at: '2024-02-09 17:00', unit: '08 to 20, Sat',  due: ['02-18 09:00:00', '02-18', '02-24', '02-18', '02-20'] },
  { at: '2025-01-26 17:00', unit: 'an office',      due: ['01-27 12:00:00', '02-05', '02-10', '01-27', '02-06'] },
  { at: '2025-01-26 17:00', unit: '08 to 20, Sat',  due: ['01-27 09:00:00', '02-05', '02-10', '01-27', '02-06'] },
  { at: '2026-02-14 16:00', unit: 'an office',      due: ['02-24 11:00:00', '02-24', '03-02', '02-24', '02-26'] },
  { at: '2026-02-14 16:00', unit: '08 to 20, Sat',  due: ['02-14 20:00:00', '02-24', '03-02', '02-24', '02-26'] },
  { at: '2026-09-20 11:00', unit: 'an office',      due: ['09-20 16:00:00', '09-28', '10-08', '09-21', '09-23'] },
  { at: '2026-09-20 11:00', unit: '08 to 20, Sat',  due: ['09-20 15:00:00', '09-28', '10-08', '09-21', '09-23'] },
] as const;
const hoursOf = { 'an office': officeHours, '08 to 20, Sat': longHours } as const;
const closing = { 'an office': '18:00:00', '08 to 20, Sat': '20:00:00' } as const;

describe('N35 what a person computes from the notices', () => {
  test.each(table)('dispatched $at to $unit', ({ at, unit, due: [sign, week, fortnight, one, three] }) => {
    expect(columns.map(([kind, variant]) => due(at, hoursOf[unit], kind, variant))).toEqual([
      sign,
      `${week} 23:59:59`,
      `${fortnight} 23:59:59`,
      `${one} ${closing[unit]}`,
      `${three} ${closing[unit]}`,
      `${three} ${closing[unit]}`,
    ]);
  });

  test('night and holiday are as any other time to an urgent order', () => {
    for (const hours of [officeHours, longHours]) {
      expect(due('2026-02-16 23:50', hours, 'sign', 'urgent')).toBe('02-17 00:20:00');
      expect(due('2026-02-16 23:50', hours, 'resolve', 'emergency')).toBe('02-17 01:50:00');
      expect(due('2026-02-16 23:50', hours, 'report_in', 'emergency')).toBe('02-17 00:20:00');
      expect(due('2026-02-16 23:50', hours, 'report_in', 'joint_enforcement')).toBe('02-17 23:50:00');
    }
  });
});
