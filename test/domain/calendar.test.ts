import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alwaysOpen,
  buildCalendar,
  deadline,
  hasRoundTheClockDuty,
  longHours,
  officeHours,
  type TimeKind,
  type UnitHours,
} from '../../src/domain/calendar.ts';
import { countedMs } from '../../src/domain/deadline.ts';
import { type Instant, instant, iso } from '../../src/domain/time.ts';
import { hoursFault } from '../../src/domain/unit-hours.ts';
import { calendar, isOpenAt, notices, slowDeadline } from './slow-calendar.ts';

const at = (local: string) => instant(`${local.replace(' ', 'T')}+08:00`);
const due = (start: string, kind: TimeKind, amount: number, hours: UnitHours = officeHours) =>
  iso(deadline({ start: at(start), kind, amount, calendar, hours }).dueAt)
    .slice(0, 19)
    .replace('T', ' ');

describe('deadlines a person computes from the notices', () => {
  // dispatched at; 4 working hours; 24 h; 7 days; 15 days; 2, 3 and 5 working days
  test.each([
    // Friday, the eve, worked in 2024; off 10 to 17 February; Sunday 18 worked
    [
      '2024-02-09 17:00:00',
      '2024-02-18 12:00:00',
      '2024-02-10 17:00:00',
      '2024-02-18',
      '2024-02-26',
      '2024-02-19',
      '2024-02-20',
      '2024-02-22',
    ],
    // a working Sunday; off 28 January to 4 February; Saturday 8 February worked
    [
      '2025-01-26 17:00:00',
      '2025-01-27 12:00:00',
      '2025-01-27 17:00:00',
      '2025-02-05',
      '2025-02-10',
      '2025-02-05',
      '2025-02-06',
      '2025-02-08',
    ],
    // a working Saturday; off 15 to 23 February; Saturday 28 worked
    [
      '2026-02-14 16:00:00',
      '2026-02-24 11:00:00',
      '2026-02-15 16:00:00',
      '2026-02-24',
      '2026-03-02',
      '2026-02-25',
      '2026-02-26',
      '2026-02-28',
    ],
    // a working Sunday; off 25 to 27 September and 1 to 7 October; Saturday 10 October worked
    [
      '2026-09-20 11:00:00',
      '2026-09-20 16:00:00',
      '2026-09-21 11:00:00',
      '2026-09-28',
      '2026-10-08',
      '2026-09-22',
      '2026-09-23',
      '2026-09-28',
    ],
  ])('dispatched %s', (start, sign, contact, ordinary, hard, consult, rework, followUp) => {
    expect(due(start, 'working_hour', 240)).toBe(sign);
    expect(due(start, 'wall', 1440)).toBe(contact);
    expect(due(start, 'calendar_day', 7)).toBe(`${ordinary} 23:59:59`);
    expect(due(start, 'calendar_day', 15)).toBe(`${hard} 23:59:59`);
    expect(due(start, 'working_day', 2)).toBe(`${consult} 18:00:00`);
    expect(due(start, 'working_day', 3)).toBe(`${rework} 18:00:00`);
    expect(due(start, 'working_day', 5)).toBe(`${followUp} 18:00:00`);
  });

  test('2022-12-31 is off by the notice of 2023, also for a unit that works on Saturdays', () => {
    expect(due('2022-12-30 17:00:00', 'working_hour', 240)).toBe('2023-01-03 12:00:00');
    expect(due('2022-12-30 19:00:00', 'working_hour', 120, longHours)).toBe('2023-01-03 09:00:00');
    expect(due('2022-12-30 17:00:00', 'calendar_day', 1, longHours)).toBe('2023-01-03 23:59:59');
    const alone = buildCalendar(notices.filter(({ year }) => year === 2022));
    expect([alone, calendar].map(({ special }) => special(19_357)?.date)).toEqual([undefined, '2022-12-31']);
  });
  test('a unit of 08:00-20:00 and Saturdays counts its own hours, and Monday hours on a make-up Sunday', () => {
    expect(due('2026-03-06 19:00:00', 'working_hour', 120, longHours)).toBe('2026-03-07 09:00:00');
    expect(due('2026-03-07 10:00:00', 'working_day', 1, longHours)).toBe('2026-03-09 20:00:00');
    expect(due('2026-03-01 10:00:00', 'calendar_day', 6, longHours)).toBe('2026-03-07 23:59:59');
    expect(due('2026-03-01 10:00:00', 'calendar_day', 6)).toBe('2026-03-09 23:59:59');
    expect(due('2024-02-18 06:00:00', 'working_hour', 60, longHours)).toBe('2024-02-18 09:00:00');
  });
  test('a unit on duty round the clock knows no nights and no holidays', () => {
    expect(due('2026-02-16 23:00:00', 'working_hour', 240, alwaysOpen)).toBe('2026-02-17 03:00:00');
    expect(due('2026-02-16 23:00:00', 'working_day', 1, alwaysOpen)).toBe('2026-02-17 23:59:59');
    expect(due('2026-02-16 23:00:00', 'calendar_day', 1, alwaysOpen)).toBe('2026-02-17 23:59:59');
    expect([alwaysOpen, longHours, { ...alwaysOpen, holidays: false }].map(hasRoundTheClockDuty)).toEqual([
      true,
      false,
      false,
    ]);
  });
  test.each([
    ['to the minute of closing', '2026-03-02 09:00:00', 480, '2026-03-02 18:00:00'],
    ['to the minute of lunch', '2026-03-02 11:00:00', 60, '2026-03-02 12:00:00'],
    ['asked at lunch', '2026-03-02 12:30:00', 1, '2026-03-02 13:01:00'],
    ['asked at closing', '2026-03-02 18:00:00', 1, '2026-03-03 09:01:00'],
    ['no budget at night', '2026-03-02 20:00:00', 0, '2026-03-03 09:00:00'],
    ['half a minute', '2026-03-02 10:00:00', 0.5, '2026-03-02 10:00:30'],
  ])('working time %s', (_, start, amount, expected) => {
    expect(due(start, 'working_hour', amount)).toBe(expected);
  });
});

describe('years without a notice', () => {
  const ask = (start: string, kind: TimeKind, amount: number) => deadline({ start: at(start), kind, amount, calendar });

  test('a period that runs past the last published year gets the plain-week date, marked provisional', () => {
    expect(calendar.publishedThrough).toBe('2026-12-31');
    expect(calendar.publishedYears).toEqual([2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    for (const [start, kind, amount, expected] of [
      ['2026-12-31 17:00:00', 'working_hour', 240, '2027-01-01T12:00:00+08:00'],
      ['2026-12-28 10:00:00', 'calendar_day', 7, '2027-01-04T23:59:59+08:00'],
      ['2026-12-31 10:00:00', 'working_day', 2, '2027-01-04T18:00:00+08:00'],
    ] as const) {
      const { dueAt, provisional } = ask(start, kind, amount);
      expect([iso(dueAt), provisional]).toEqual([expected, true]);
    }
  });
  test('a period within it is not provisional, and wall time never is', () => {
    expect(ask('2026-12-31 10:00:00', 'working_hour', 240).provisional).toBe(false);
    expect(ask('2026-12-20 10:00:00', 'calendar_day', 7)).toMatchObject({
      provisional: false,
      dueAt: at('2026-12-28 23:59:59'),
    });
    expect(ask('2026-12-31 23:00:00', 'wall', 1440).provisional).toBe(false);
    expect(ask('2018-12-31 10:00:00', 'working_day', 1).provisional).toBe(true);
  });
  test('publication makes it firm', () => {
    const days = [{ name: '元旦', date: '2027-01-01', isOffDay: true }];
    const published = buildCalendar([...notices, { year: 2027, days }]);
    const start = at('2026-12-31 17:00:00');
    expect(deadline({ start, kind: 'working_hour', amount: 240, calendar: published })).toMatchObject({
      dueAt: at('2027-01-04 12:00:00'),
      provisional: false,
    });
    expect(published.publishedThrough).toBe('2027-12-31');
    expect(published.version).not.toBe(calendar.version);
  });
  test('a gap between published years is a gap', () => {
    const gap = buildCalendar(notices.filter(({ year }) => year !== 2024));
    expect(['2023-12-31', '2024-01-01', '2024-12-31', '2025-01-01'].map(gap.isPublished)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    const start = at('2023-12-29 10:00:00');
    expect(deadline({ start, kind: 'working_day', amount: 280, calendar: gap }).provisional).toBe(true);
  });
});

describe('the calendar', () => {
  test('knows days off, make-up days and plain weeks', () => {
    const days = ['2026-02-14', '2026-02-16', '2026-02-24', '2026-03-07', '2022-12-31', '2018-12-29'];
    expect(days.map(calendar.isWorkingDay)).toEqual([true, false, true, false, false, true]);
  });
  test('a correction holds over the notices, and is another version', () => {
    const corrected = buildCalendar(notices, [{ name: 'storm', date: '2026-03-03', isOffDay: true }]);
    expect([calendar, corrected].map((each) => each.isWorkingDay('2026-03-03'))).toEqual([true, false]);
    expect(corrected.version).not.toBe(calendar.version);
    expect(corrected.isPublished('2027-03-03')).toBe(false);
  });
  test('the same notices in another order are the same version', () => {
    expect(buildCalendar(notices.toReversed()).version).toBe(calendar.version);
    expect(buildCalendar(notices, [], { version: '7' }).version).toBe('7');
  });
  test('a date that does not exist is refused', () => {
    expect(() => buildCalendar([{ year: 2027, days: [{ name: '?', date: '2027-02-29', isOffDay: true }] }])).toThrow(
      /not a date/,
    );
  });
  test('a deadline says which days it left out, and why', () => {
    const { skippedDays, segments, dueAt } = deadline({
      start: at('2024-04-02 10:00:00'),
      kind: 'working_day',
      amount: 2,
      calendar,
    });
    expect(skippedDays).toEqual([
      { date: '2024-04-02', why: 'first_day', name: null },
      { date: '2024-04-04', why: 'holiday', name: '清明节' },
      { date: '2024-04-05', why: 'holiday', name: '清明节' },
      { date: '2024-04-06', why: 'holiday', name: '清明节' },
    ]);
    expect(segments).toEqual([{ from: at('2024-04-02 10:00:00'), to: at('2024-04-07 18:00:00'), state: 'running' }]);
    expect(dueAt).toBe(at('2024-04-07 18:00:00'));
    const week = deadline({ start: at('2026-02-27 10:00:00'), kind: 'calendar_day', amount: 8, calendar });
    expect(week.skippedDays.map(({ date, why }) => [date, why])).toEqual([
      ['2026-02-27', 'first_day'],
      ['2026-03-07', 'weekend'],
      ['2026-03-08', 'weekend'],
    ]);
  });
  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e9])('an amount of %d is refused', (amount) => {
    for (const kind of ['wall', 'calendar_day', 'working_day', 'working_hour'] as const) {
      expect(() => deadline({ start: at('2026-03-02 10:00:00'), kind, amount, calendar })).toThrow(/cannot count/);
    }
  });
  test.each([
    [{}, /never opens/],
    [{ mon: [['12:00', '09:00']] }, /mon 12:00-09:00/],
    [
      {
        mon: [
          ['09:00', '12:00'],
          ['11:00', '18:00'],
        ],
      },
      /follow each other/,
    ],
    [{ mon: [['9:00', '12:00']] }, /not a time of day/],
  ] as const)('hours that make no sense are named: %j', (week, fault) => {
    expect(hoursFault({ week })).toMatch(fault);
    expect(hoursFault(officeHours)).toBeNull();
  });
});

describe('from 2019 to 2026', () => {
  const minute = fc
    .integer({ min: at('2019-01-01 00:00:00') / 60_000, max: at('2026-10-31 00:00:00') / 60_000 })
    .map((n) => (n * 60_000) as Instant);
  const hours = fc.constantFrom(officeHours, longHours, alwaysOpen);
  const period = fc.oneof(
    fc.tuple(fc.constantFrom('wall' as const, 'working_hour' as const), fc.integer({ min: 1, max: 3000 })),
    fc.tuple(fc.constantFrom('calendar_day' as const, 'working_day' as const), fc.integer({ min: 1, max: 16 })),
  );

  test('a deadline is what walking the minutes one by one finds', () => {
    fc.assert(
      fc.property(minute, period, hours, (start, [kind, amount], unit) => {
        const fast = deadline({ start, kind, amount, calendar, hours: unit });
        expect(iso(fast.dueAt)).toBe(iso(slowDeadline(start, kind, amount, unit) as Instant));
        expect(fast.provisional).toBe(false);
      }),
      { numRuns: 250 },
    );
  });
  test('more time is never due earlier', () => {
    fc.assert(
      fc.property(minute, period, fc.nat({ max: 500 }), hours, (start, [kind, amount], more, unit) => {
        const [less, longer] = [amount, amount + more].map(
          (n) => deadline({ start, kind, amount: n, calendar, hours: unit }).dueAt,
        );
        expect(longer).toBeGreaterThanOrEqual(less ?? 0);
      }),
      { numRuns: 300 },
    );
  });
  test('working time never ends while the unit is closed, and a day never ends on a day off', () => {
    fc.assert(
      fc.property(minute, period, hours, (start, [kind, amount], unit) => {
        fc.pre(kind !== 'wall');
        const { dueAt } = deadline({ start, kind, amount, calendar, hours: unit });
        const day = Math.floor((dueAt + 28_800_000) / 86_400_000) * 86_400_000 - 28_800_000;
        if (kind === 'calendar_day') expect([10, 19].some((hour) => isOpenAt(day + hour * 3_600_000, unit))).toBe(true);
        else expect(isOpenAt(dueAt - 1000, unit)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
  test('the working time up to a working-hour deadline is exactly its amount', () => {
    fc.assert(
      fc.property(minute, fc.integer({ min: 1, max: 9000 }), hours, (start, amount, unit) => {
        const { dueAt } = deadline({ start, kind: 'working_hour', amount, calendar, hours: unit });
        expect(countedMs(start, dueAt, 'working_hour', { calendar, hours: unit })).toBe(amount * 60_000);
      }),
      { numRuns: 300 },
    );
  });
});
