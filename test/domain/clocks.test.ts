import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alwaysOpen, buildCalendar, longHours, officeHours } from '../../src/domain/calendar.ts';
import { completed } from '../../src/domain/clock-rules.ts';
import {
  assistDue,
  assistRule,
  type Clock,
  type ClockKind,
  changeRule,
  clockKinds,
  contactFloor,
  defaultClockRules,
  dueAtFactor,
  explainClock,
  extendClock,
  lightOf,
  pauseClock,
  pauseFault,
  pausesClock,
  recompute,
  remainingMinutes,
  restoreClock,
  resumeClock,
  ruleFor,
  ruleUntil,
  startClock,
  stopClock,
  stoppedInTime,
  strikeTime,
  type Timetable,
  tierOf,
  urgencyVariant,
  usedMinutes,
} from '../../src/domain/clocks.ts';
import {
  calendarDays,
  type Period,
  wallHours,
  wallMinutes,
  workingDays,
  workingHours,
} from '../../src/domain/deadline.ts';
import { atLocal, type Instant, iso } from '../../src/domain/time.ts';
import { calendar, notices, slowDeadline } from './slow-calendar.ts';

const at = (local: string): Instant => atLocal(local.slice(0, 10), local.slice(11));
const local = (moment: Instant) => iso(moment).slice(0, 19).replace('T', ' ');
const timetable = { calendar, hours: officeHours };

const start = (started: string, limit: Period, kind: ClockKind = 'resolve') =>
  startClock({ seq: 1, kind, unit: 'u1', rule: { ...limit, version: 'r1' }, at: at(started) }, timetable);
const paused = (clock: Clock, from: string, to: string) =>
  resumeClock(pauseClock(clock, { at: at(from), reason: 'legal_process', approver: 'dispatcher' }), at(to), timetable);

// Monday 2026-03-02 begins two plain weeks
describe('the table of limits', () => {
  test.each([
    ['dispatching', 'default', 'working_hour', 240],
    ['dispatching', 'urgent', 'wall', 15],
    ['sign', 'default', 'working_hour', 240],
    ['sign', 'urgent', 'wall', 30],
    ['contact', 'default', 'wall', 1440],
    ['contact', 'urgent', 'wall', 30],
    ['resolve', 'emergency', 'wall', 120],
    ['resolve', 'utility', 'wall', 1440],
    ['resolve', 'ordinary', 'calendar_day', 7],
    ['resolve', 'hard', 'calendar_day', 15],
    ['resolve', 'consult', 'working_day', 2],
    ['resident', 'hard', 'calendar_day', 15],
    ['decision', 'return', 'working_hour', 240],
    ['decision', 'extension', 'working_day', 1],
    ['pass_down', 'default', 'working_hour', 240],
    ['arbitration', 'default', 'working_day', 2],
    ['arbitration', 'urgent', 'wall', 30],
    ['review', 'default', 'working_day', 1],
    ['verify', 'default', 'working_day', 1],
    ['follow_up', 'first_attempt', 'working_day', 1],
    ['follow_up', 'default', 'working_day', 5],
    ['rework', 'default', 'working_day', 3],
    ['link', 'default', 'calendar_day', 7],
    ['judgement', 'default', 'working_day', 3],
    ['on_account_review', 'default', 'calendar_day', 30],
    ['report_in', 'emergency', 'wall', 30],
    ['report_in', 'joint_enforcement', 'wall', 1440],
    ['report_in', 'ordinary', 'working_day', 3],
    ['supervision_reply', 'daily', 'working_day', 3],
    ['supervision_reply', 'listed', 'working_day', 1],
  ] as const)('%s, %s: %s %d', (clock, variant, kind, amount) => {
    expect(ruleFor(defaultClockRules, clock, variant)).toEqual({ kind, amount, version: 'default-1' });
  });
  test('every clock has a limit, or one that is given with it', () => {
    const given = clockKinds.filter((kind) => !defaultClockRules.rows.some(({ clock }) => clock === kind));
    expect(given).toEqual(['statutory', 'promise', 'assist', 'first_attempt', 'pause_end']);
    for (const kind of given) expect(() => ruleFor(defaultClockRules, kind)).toThrow(/no limit/);
    expect(() => ruleFor(defaultClockRules, 'resolve', 'someday')).toThrow(/no limit/);
  });
  test('an emergency is on its own tier, an urgent order on that of its category', () => {
    expect([tierOf('emergency', 'hard'), tierOf('urgent', 'hard')]).toEqual(['emergency', 'hard']);
    expect((['normal', 'urgent', 'emergency'] as const).map(urgencyVariant)).toEqual(['default', 'urgent', 'urgent']);
  });
  test('a promised date is due on that date, and warns at 80 % of the way', () => {
    const rule = ruleUntil(at('2026-03-02 10:00'), at('2026-03-02 20:00'), 'p1');
    const clock = startClock({ seq: 1, kind: 'promise', unit: 'u1', rule, at: at('2026-03-02 10:00') }, timetable);
    expect([clock.dueAt, clock.warnAt].map(local)).toEqual(['2026-03-02 20:00:00', '2026-03-02 18:00:00']);
  });
});

describe('a contact clock', () => {
  const contactDue = (started: string, hours: typeof officeHours, roundTheClock: boolean) => {
    const own = { calendar, hours };
    const common = { unit: 'u1', at: at(started) };
    const sign = startClock({ ...common, seq: 1, kind: 'sign', rule: ruleFor(defaultClockRules, 'sign') }, own);
    const notBefore = contactFloor(sign, roundTheClock);
    return startClock(
      { ...common, seq: 2, kind: 'contact', rule: ruleFor(defaultClockRules, 'contact'), notBefore },
      own,
    );
  };
  test('is never due before the sign clock, except where somebody is on duty round the clock', () => {
    expect(local(contactDue('2026-02-14 17:00', officeHours, false).dueAt)).toBe('2026-02-24 12:00:00');
    expect(local(contactDue('2026-02-14 17:00', alwaysOpen, true).dueAt)).toBe('2026-02-15 17:00:00');
    expect(local(contactDue('2026-03-03 10:00', officeHours, false).dueAt)).toBe('2026-03-04 10:00:00');
  });
});

describe('lights', () => {
  test.each([
    ['wall', wallHours(10), '2026-03-02 17:59:59', '2026-03-02 18:00:00', '2026-03-02 20:00:00'],
    [
      'working_hour, over the night',
      workingHours(10),
      '2026-03-03 09:59:59',
      '2026-03-03 10:00:00',
      '2026-03-03 12:00:00',
    ],
    ['working_day', workingDays(1), '2026-03-03 14:59:59', '2026-03-03 15:00:00', '2026-03-03 18:00:00'],
    ['calendar_day', calendarDays(1), '2026-03-03 16:23:59', '2026-03-03 16:24:00', '2026-03-03 23:59:59'],
  ])(
    '%s: green below 80 percent of the minutes it counts, yellow from there, red past its end',
    (_, limit, green, yellow, end) => {
      const clock = start('2026-03-02 10:00', limit);
      const shown = [at(green), at(yellow), at(end), (at(end) + 1) as Instant].map((now) => lightOf(clock, now));
      expect(local(clock.dueAt)).toBe(end);
      expect(shown).toEqual(['green', 'yellow', 'yellow', 'red']);
    },
  );
  test('a clock that stopped or is paused keeps its light', () => {
    const clock = start('2026-03-02 10:00', wallHours(10));
    const stopped = stopClock(clock, { at: at('2026-03-02 11:00'), cause: 'submit' }, timetable);
    const standing = pauseClock(clock, { at: at('2026-03-02 18:30'), reason: 'legal_process', approver: 'd' });
    expect([stopped, standing].map((each) => lightOf(each, at('2026-04-01 00:00')))).toEqual(['green', 'yellow']);
  });
});

describe('pausing', () => {
  test.each([
    ['wall: by the minute', wallHours(24), '2026-03-03 10:00:00', '2026-03-03 16:00:00'],
    ['working hours: by the working minute', workingHours(4), '2026-03-02 15:00:00', '2026-03-03 11:00:00'],
    ['calendar days: by wall time, to the end of a day', calendarDays(2), '2026-03-04 23:59:59', '2026-03-05 23:59:59'],
    ['calendar days: over days off', calendarDays(4), '2026-03-06 23:59:59', '2026-03-09 23:59:59'],
    ['working days: by working time, to closing', workingDays(2), '2026-03-04 18:00:00', '2026-03-05 18:00:00'],
  ])('gives the time back in full, %s', (_, limit, without, withPause) => {
    const clock = start('2026-03-02 10:00', limit);
    expect(local(clock.dueAt)).toBe(without);
    expect(local(paused(clock, '2026-03-02 13:00', '2026-03-02 19:00').dueAt)).toBe(withPause);
  });
  test('a pause outside working time changes nothing in working time', () => {
    for (const limit of [workingHours(8), workingDays(2)]) {
      const clock = start('2026-03-02 10:00', limit);
      expect(paused(clock, '2026-03-02 18:00', '2026-03-03 09:00').dueAt).toBe(clock.dueAt);
    }
  });
  test('gives back nothing past the date it was granted to, however late the clock resumes', () => {
    const clock = start('2026-03-02 10:00', wallHours(24));
    const held = pauseClock(clock, {
      at: at('2026-03-02 12:00'),
      reason: 'force_majeure',
      approver: 'd',
      until: at('2026-03-02 14:00'),
    });
    expect(local(resumeClock(held, at('2026-03-09 12:00'), timetable).dueAt)).toBe('2026-03-03 12:00:00');
  });
  test('gives nothing back to a clock that is late already', () => {
    const clock = start('2026-03-02 10:00', wallHours(2));
    const late = paused(clock, '2026-03-02 13:00', '2026-03-02 19:00');
    expect(late.dueAt).toBe(clock.dueAt);
    expect(lightOf(late, at('2026-03-02 19:00'))).toBe('red');
  });
  test('a day that has begun again, by however little, is given in full', () => {
    const clock = start('2026-03-02 10:00', calendarDays(2));
    const held = pauseClock(clock, { at: at('2026-03-02 11:00'), reason: 'legal_process', approver: 'd' });
    const resumed = resumeClock(held, (at('2026-03-02 11:00') + 1) as Instant, timetable);
    expect(local(resumed.dueAt)).toBe('2026-03-05 23:59:59');
  });
  test('moves the warning only by what was paused before it', () => {
    const wall = start('2026-03-02 10:00', wallHours(10));
    expect(local(wall.warnAt)).toBe('2026-03-02 18:00:00');
    expect(local(paused(wall, '2026-03-02 17:00', '2026-03-02 18:00').warnAt)).toBe('2026-03-02 19:00:00');
    expect(local(paused(wall, '2026-03-02 19:00', '2026-03-02 20:00').warnAt)).toBe('2026-03-02 18:00:00');
    const working = start('2026-03-02 09:00', workingHours(10));
    expect(local(paused(working, '2026-03-02 12:00', '2026-03-02 13:00').warnAt)).toBe('2026-03-02 18:00:00');
  });
  test('overlapping pauses count once', () => {
    const clock = paused(start('2026-03-02 10:00', wallHours(24)), '2026-03-02 13:00', '2026-03-02 15:00');
    const strike = {
      from: at('2026-03-02 14:00'),
      to: at('2026-03-02 16:00'),
      reason: 'return_granted',
      approver: 'd',
      until: null,
    } as const;
    expect(local(strikeTime(clock, strike, timetable).dueAt)).toBe('2026-03-03 13:00:00');
  });
  test('a granted return strikes the time since it was asked, so that the stopped clock was in time', () => {
    const stopped = stopClock(
      start('2026-03-02 10:00', wallHours(2)),
      { at: at('2026-03-02 12:30'), cause: 'return' },
      timetable,
    );
    const strike = {
      from: at('2026-03-02 11:00'),
      to: at('2026-03-02 12:30'),
      reason: 'return_granted',
      approver: 'd',
      until: null,
    } as const;
    expect([stopped, strikeTime(stopped, strike, timetable)].map(stoppedInTime)).toEqual([false, true]);
  });
  test('an end during a pause closes the pause', () => {
    const held = pauseClock(start('2026-03-02 10:00', wallHours(4)), {
      at: at('2026-03-02 11:00'),
      reason: 'legal_process',
      approver: 'd',
    });
    const stopped = stopClock(held, { at: at('2026-03-02 16:00'), cause: 'withdrawn' }, timetable);
    expect(stopped.pauses[0]?.to).toBe(at('2026-03-02 16:00'));
    expect([local(stopped.dueAt), stoppedInTime(stopped)]).toEqual(['2026-03-02 19:00:00', true]);
  });
  test('the resident clock stands still only while the resident is awaited, or by decree', () => {
    const all = [
      'waiting_for_requester',
      'legal_process',
      'force_majeure',
      'season_or_engineering',
      'incident_decree',
    ] as const;
    expect(all.map((reason) => pausesClock(reason, 'resident'))).toEqual([true, false, false, false, true]);
    expect(all.map((reason) => pausesClock(reason, 'resolve'))).toEqual([true, true, true, true, true]);
  });
  test.each([
    ['suspended', 'legal_process', '2026-04-01 23:59:59', null],
    ['suspended', 'legal_process', '2026-04-02 00:00:00', 'pause-too-long'],
    ['suspended', 'too_busy', '2026-03-03 00:00:00', 'pause-cause-not-listed'],
    ['suspended', 'incident_decree', '2026-03-03 00:00:00', 'pause-cause-not-listed'],
    ['suspended', 'legal_process', '2026-03-02 10:00:00', 'pause-already-over'],
    ['on_account', 'season_or_engineering', '2026-06-01 23:59:59', null],
    ['on_account', 'season_or_engineering', '2026-06-02 00:00:00', 'pause-too-long'],
    ['on_account', 'waiting_for_requester', '2026-03-03 00:00:00', 'pause-cause-not-listed'],
  ] as const)('%s for %s until %s: %s', (grant, reason, until, fault) => {
    expect(pauseFault(grant, { reason, from: at('2026-03-02 10:00'), until: at(until) }, timetable)).toBe(fault);
  });
  test('only a running clock is paused, only a paused one resumes, only a stopped one is restored', () => {
    const clock = start('2026-03-02 10:00', wallHours(2));
    const held = pauseClock(clock, { at: at('2026-03-02 11:00'), reason: 'legal_process', approver: 'd' });
    const stopped = stopClock(clock, { at: at('2026-03-02 11:00'), cause: 'submit' }, timetable);
    expect(() => pauseClock(held, { at: at('2026-03-02 11:30'), reason: 'legal_process', approver: 'd' })).toThrow(
      /is paused/,
    );
    expect(() => resumeClock(clock, at('2026-03-02 11:30'), timetable)).toThrow(/is running/);
    expect(() => restoreClock(clock, { at: at('2026-03-02 11:30'), cause: 'review' })).toThrow(/runs/);
    expect(() => stopClock(stopped, { at: at('2026-03-02 11:30'), cause: 'end' }, timetable)).toThrow(
      /stopped already/,
    );
  });
});

describe('a clock that changes', () => {
  test('is restored as if it had never stopped', () => {
    const clock = start('2026-03-02 10:00', wallHours(24));
    const stopped = stopClock(clock, { at: at('2026-03-02 11:00'), cause: 'submit' }, timetable);
    const restored = restoreClock(stopped, { at: at('2026-03-03 12:00'), cause: 'review_failed' });
    expect(restored).toEqual({ ...clock, version: 3, history: restored.history });
    expect(restored.history.map(({ what, at: when }) => [what, local(when)])).toEqual([
      ['stopped', '2026-03-02 11:00:00'],
      ['restored', '2026-03-03 12:00:00'],
    ]);
    expect(lightOf(restored, at('2026-03-03 12:00'))).toBe('red');
  });
  test('moves to the date of an extension, never back, and warns and fires anew', () => {
    const clock = { ...start('2026-03-02 10:00', calendarDays(2)), fired: ['warn'] };
    const grant = { dueAt: at('2026-03-12 18:00'), reason: 'parts', approver: 'shift', at: at('2026-03-03 10:00') };
    const extended = extendClock(clock, grant, timetable);
    expect([local(extended.dueAt), extended.fired, extended.warnAt > clock.warnAt]).toEqual([
      '2026-03-12 18:00:00',
      [],
      true,
    ]);
    const shorter = extendClock(extended, { ...grant, dueAt: at('2026-03-05 18:00') }, timetable);
    expect(local(shorter.dueAt)).toBe('2026-03-12 18:00:00');
    expect(local(paused(extended, '2026-03-04 10:00', '2026-03-04 16:00').dueAt)).toBe('2026-03-13 23:59:59');
    expect(local(paused(extended, '2026-03-02 11:00', '2026-03-02 16:00').dueAt)).toBe('2026-03-12 18:00:00');
  });
  test('keeps its start, its pauses and the old rule when the category changes', () => {
    const clock = paused(start('2026-03-02 10:00', calendarDays(7)), '2026-03-03 10:00', '2026-03-03 12:00');
    const grant = { dueAt: at('2026-03-16 18:00'), reason: 'parts', approver: 'shift', at: at('2026-03-04 09:00') };
    const extended = extendClock(clock, grant, timetable);
    const urgent = { ...wallHours(24), version: 'r2' };
    const changed = changeRule(extended, { rule: urgent, at: at('2026-03-04 10:00'), reason: 'corrected' }, timetable);
    expect([local(changed.startedAt), local(changed.dueAt)]).toEqual(['2026-03-02 10:00:00', '2026-03-03 10:00:00']);
    expect([changed.pauses, changed.grants]).toEqual([clock.pauses, []]);
    expect(changed.history).toMatchObject([
      { what: 'rule_changed', rule: clock.rule, grants: [grant], dueAt: grant.dueAt },
    ]);
    const same = changeRule(
      extended,
      { rule: { ...clock.rule, version: 'r2' }, at: at('2026-03-04 10:00'), reason: 'x' },
      timetable,
    );
    expect([same.dueAt, same.grants, same.rule.version]).toEqual([extended.dueAt, [grant], 'r2']);
  });
  test('has an assist due at 70 % of what it has left, in its own kind of time', () => {
    const wall = start('2026-03-02 10:00', wallHours(12));
    expect(local(assistDue(wall, at('2026-03-02 12:00'), timetable))).toBe('2026-03-02 19:00:00');
    const working = start('2026-03-02 10:00', workingHours(12));
    expect(local(assistDue(working, at('2026-03-02 11:00'), timetable))).toBe('2026-03-03 10:42:00'); // 1 + 5 + 1.7 of 11
    expect(assistRule(working, at('2026-03-02 11:00'), timetable)).toEqual({
      kind: 'working_hour',
      amount: 462,
      version: 'r1',
    });
    const days = start('2026-03-02 10:00', calendarDays(7));
    expect(local(assistDue(days, at('2026-03-05 23:59:59'), timetable))).toBe('2026-03-08 19:11:59'); // of 4 days
    expect(assistDue(wall, at('2026-03-05 10:00'), timetable)).toBe(at('2026-03-05 10:00'));
  });
  test('knows what it has used, what remains, and how late it is', () => {
    const clock = paused(start('2026-03-02 10:00', workingHours(4)), '2026-03-02 11:00', '2026-03-02 14:00');
    expect(usedMinutes(clock, at('2026-03-02 15:00'), timetable)).toBe(120);
    expect(remainingMinutes(clock, at('2026-03-02 15:00'), timetable)).toBe(120);
    expect(remainingMinutes(clock, at('2026-03-02 18:00'), timetable)).toBe(-60);
  });
  test('twice the limit is the same rule with the doubled amount', () => {
    const twice = (limit: Period) => local(dueAtFactor(start('2026-03-02 10:00', limit), 2, timetable).dueAt);
    expect(twice(calendarDays(2))).toBe('2026-03-06 23:59:59');
    expect(twice(calendarDays(3))).toBe('2026-03-09 23:59:59');
    expect(twice(wallHours(24))).toBe('2026-03-04 10:00:00');
    expect(twice(workingDays(2))).toBe('2026-03-06 18:00:00');
  });
  test('is plain data', () => {
    const clock = paused(start('2026-03-02 10:00', calendarDays(7)), '2026-03-03 10:00', '2026-03-03 12:00');
    expect(JSON.parse(JSON.stringify(clock))).toEqual(clock);
    expect(JSON.parse(JSON.stringify(explainClock(clock, timetable)))).toEqual(explainClock(clock, timetable));
  });
});

describe("next year's notice", () => {
  const off = (...dates: string[]) => ({
    year: 2027,
    days: dates.map((date) => ({ name: '元旦', date, isOffDay: true })),
  });
  const published = (notice: ReturnType<typeof off>) => ({
    calendar: buildCalendar([...notices, notice]),
    hours: officeHours,
  });
  const clock = start('2026-12-29 10:00', workingDays(3)); // 30, 31, 1 January in a plain week
  const now = { at: at('2026-12-30 10:00') };

  test('moves a provisional deadline later, shows the difference, and makes it firm', () => {
    expect([clock.provisional, local(clock.dueAt)]).toEqual([true, '2027-01-01 18:00:00']);
    const { clock: firm, before, counted, kept } = recompute(clock, published(off('2027-01-01')), now);
    expect([before, counted, kept]).toEqual([clock.dueAt, at('2027-01-04 18:00'), false]);
    expect([firm.provisional, firm.dueAt, firm.history.length]).toEqual([false, at('2027-01-04 18:00'), 1]);
    expect(firm.calendarVersion).not.toBe(clock.calendarVersion);
  });
  test('moves none earlier silently', () => {
    const later = recompute(clock, published(off('2027-01-01')), now).clock;
    const { clock: kept, counted, kept: isKept } = recompute(later, published(off('2027-01-03')), now);
    expect([isKept, counted, kept.dueAt]).toEqual([true, at('2027-01-01 18:00'), at('2027-01-04 18:00')]);
    expect(kept.grants.map(({ reason }) => reason)).toEqual(['calendar_changed']);
    const taken = recompute(kept, published(off('2027-01-03')), { ...now, acceptEarlier: true });
    expect([taken.kept, taken.clock.dueAt]).toEqual([false, at('2027-01-01 18:00')]);
  });
  test('has nothing to say of a date that was granted', () => {
    const grant = { dueAt: at('2027-01-15 18:00'), reason: 'parts', approver: 'shift', at: at('2026-12-30 10:00') };
    const extended = extendClock(clock, grant, timetable);
    expect([extended.dueAt, extended.provisional]).toEqual([grant.dueAt, false]);
    expect(paused(extended, '2027-01-04 10:00', '2027-01-05 10:00').provisional).toBe(true);
  });
  test('changes nothing when it says the same again', () => {
    const firm = recompute(clock, published(off('2027-01-01')), now).clock;
    expect(recompute(firm, published(off('2027-01-01')), now).clock).toBe(firm);
  });
});

describe('the explanation', () => {
  test('tells every stretch: what began it, why and by whom, the days left out, what came of it', () => {
    const held = paused(start('2026-02-13 10:00', workingDays(2)), '2026-02-14 09:00', '2026-02-25 09:00');
    const grant = { dueAt: at('2026-03-04 18:00'), reason: 'parts', approver: 'shift', at: at('2026-02-26 10:00') };
    const clock = extendClock(held, grant, timetable);
    const rows = explainClock(clock, timetable).segments.map(({ from, to, state, event, reason, approver, dueAt }) =>
      [local(from), to && local(to), state, event, reason, approver, local(dueAt)].join(' | '),
    );
    expect(rows).toEqual([
      '2026-02-13 10:00:00 | 2026-02-14 09:00:00 | running | dispatched |  |  | 2026-02-24 18:00:00',
      '2026-02-14 09:00:00 | 2026-02-25 09:00:00 | paused | paused | legal_process | dispatcher | 2026-02-26 18:00:00',
      '2026-02-25 09:00:00 | 2026-02-26 10:00:00 | running | resumed | legal_process | dispatcher | 2026-02-26 18:00:00',
      '2026-02-26 10:00:00 | 2026-03-04 18:00:00 | running | extended | parts | shift | 2026-03-04 18:00:00',
    ]);
  });
  test('names the holidays it skipped', () => {
    const [only] = explainClock(start('2026-02-13 10:00', calendarDays(7)), timetable).segments;
    expect(only?.skippedDays.map(({ date, why, name }) => `${date} ${why} ${name ?? ''}`)).toEqual([
      '2026-02-13 first_day ',
      '2026-02-20 holiday 春节',
      '2026-02-21 holiday 春节',
      '2026-02-22 holiday 春节',
      '2026-02-23 holiday 春节',
    ]);
  });
  test('puts each skipped day where the clock ran, once, and none into a pause', () => {
    const held = paused(start('2026-03-05 10:00', workingDays(3)), '2026-03-09 10:00', '2026-03-09 15:00');
    const late = paused(start('2026-03-05 10:00', workingDays(5)), '2026-03-09 10:00', '2026-03-16 10:00');
    const skipped = (clock: Clock) =>
      explainClock(clock, timetable).segments.map((s) => s.skippedDays.map(({ date }) => date));
    expect(skipped(held)).toEqual([['2026-03-05', '2026-03-07', '2026-03-08'], [], []]);
    expect(skipped(late)).toEqual([['2026-03-05', '2026-03-07', '2026-03-08'], [], []]);
  });
  test('shows the rule of each time, and an open pause without an end', () => {
    const first = start('2026-03-02 10:00', calendarDays(7));
    const rule = { ...wallMinutes(600), version: 'r2' };
    const changed = changeRule(first, { rule, at: at('2026-03-02 12:00'), reason: 'corrected' }, timetable);
    const held = pauseClock(changed, { at: at('2026-03-02 13:00'), reason: 'legal_process', approver: 'd' });
    expect(
      explainClock(held, timetable).segments.map(({ event, to, rule: { version }, dueAt }) => [
        event,
        to,
        version,
        local(dueAt),
      ]),
    ).toEqual([
      ['dispatched', at('2026-03-02 12:00'), 'r1', '2026-03-09 23:59:59'],
      ['rule_changed', at('2026-03-02 13:00'), 'r2', '2026-03-02 20:00:00'],
      ['paused', null, 'r2', '2026-03-02 20:00:00'],
    ]);
  });
});

describe('whatever the pauses', () => {
  const minute = fc
    .integer({ min: at('2019-01-01 00:00') / 60_000, max: at('2026-09-30 00:00') / 60_000 })
    .map((n) => (n * 60_000) as Instant);
  const hours = fc.constantFrom(officeHours, longHours, alwaysOpen);
  const limit = fc.oneof(
    fc.integer({ min: 1, max: 3000 }).map((n): Period => wallMinutes(n)),
    fc.integer({ min: 1, max: 3000 }).map((n): Period => ({ kind: 'working_hour', amount: n })),
    fc.integer({ min: 1, max: 15 }).map((n): Period => calendarDays(n)),
    fc.integer({ min: 1, max: 9 }).map((n): Period => workingDays(n)),
  );
  const gaps = fc.array(fc.integer({ min: 0, max: 2500 }), { minLength: 2, maxLength: 6 });
  const begin = (started: Instant, rule: Period, unit: typeof officeHours) =>
    beginIn(started, rule, { calendar, hours: unit });
  const beginIn = (started: Instant, rule: Period, of: Timetable) =>
    startClock({ seq: 1, kind: 'resolve', unit: 'u', rule: { ...rule, version: '1' }, at: started }, of);
  const hold = (clock: Clock, from: number, to: number, unit: typeof officeHours) =>
    resumeClock(pauseClock(clock, { at: from as Instant, reason: 'legal_process', approver: 'd' }), to as Instant, {
      calendar,
      hours: unit,
    });

  test('a clock that counts minutes is due when walking its unpaused minutes one by one says so', () => {
    fc.assert(
      fc.property(minute, limit, gaps, hours, (started, rule, lengths, unit) => {
        fc.pre(rule.kind === 'wall' || rule.kind === 'working_hour');
        const pauses: [number, number][] = [];
        let clock = begin(started, rule, unit);
        let from: number = started;
        for (let i = 0; i + 1 < lengths.length; i += 2) {
          from += (lengths[i] ?? 0) * 60_000;
          const to = from + (lengths[i + 1] ?? 0) * 60_000;
          clock = hold(clock, from, to, unit);
          pauses.push([from, to]);
          from = to;
        }
        const isPaused = (now: number) => pauses.some(([begins, ends]) => begins <= now && now < ends);
        expect(local(clock.dueAt)).toBe(
          local(slowDeadline(started, rule.kind, rule.amount, unit, isPaused) as Instant),
        );
      }),
      { numRuns: 150 },
    );
  });
  test('two halves of a pause give back what the whole does', () => {
    fc.assert(
      fc.property(
        minute,
        limit,
        fc.tuple(fc.nat(9000), fc.nat(9000), fc.nat(9000)),
        hours,
        (started, rule, [wait, half, rest], unit) => {
          const [from, mid, to] = [wait, wait + half, wait + half + rest].map((n) => started + n * 60_000) as [
            number,
            number,
            number,
          ];
          const clock = begin(started, rule, unit);
          const whole = hold(clock, from, to, unit);
          const halves = hold(hold(clock, from, mid, unit), mid, to, unit);
          expect([halves.dueAt, halves.warnAt]).toEqual([whole.dueAt, whole.warnAt]);
        },
      ),
      { numRuns: 300 },
    );
  });
  test('a pause never makes a clock due earlier, a warning comes before the end, and an assist never after the lead', () => {
    fc.assert(
      fc.property(minute, limit, fc.tuple(fc.nat(9000), fc.nat(9000)), hours, (started, rule, [wait, length], unit) => {
        const clock = begin(started, rule, unit);
        const from = started + wait * 60_000;
        const held = hold(clock, from, from + length * 60_000, unit);
        expect(held.dueAt).toBeGreaterThanOrEqual(clock.dueAt);
        expect(held.warnAt).toBeLessThanOrEqual(held.dueAt);
        expect(held.warnAt).toBeGreaterThanOrEqual(started);
        fc.pre(from < clock.dueAt);
        expect(assistDue(clock, from as Instant, { calendar, hours: unit })).toBeLessThanOrEqual(clock.dueAt);
      }),
      { numRuns: 300 },
    );
  });
  test('the light turns yellow at 80 % of the unpaused minutes that walking them one by one counts, and red past the end', () => {
    fc.assert(
      fc.property(minute, fc.integer({ min: 5, max: 1500 }), fc.boolean(), hours, (started, amount, isWall, unit) => {
        const kind = isWall ? 'wall' : 'working_hour';
        const clock = begin(started, { kind, amount: amount * 5 }, unit);
        expect(local(clock.warnAt)).toBe(local(slowDeadline(started, kind, amount * 4, unit) as Instant));
        const lights = [started, clock.warnAt - 1, clock.warnAt, clock.dueAt, clock.dueAt + 1];
        expect(lights.map((at) => lightOf(clock, at as Instant))).toEqual([
          'green',
          'green',
          'yellow',
          'yellow',
          'red',
        ]);
      }),
      { numRuns: 80 },
    );
  });
  test('its explanation runs without a gap from its start to its end, and its last stretch says when it is due', () => {
    fc.assert(
      fc.property(minute, limit, gaps, hours, (started, rule, lengths, unit) => {
        let clock = begin(started, rule, unit);
        let from: number = started;
        for (let i = 0; i + 1 < lengths.length; i += 2) {
          from += ((lengths[i] ?? 0) + 1) * 60_000;
          const to = from + ((lengths[i + 1] ?? 0) + 1) * 60_000;
          clock = hold(clock, from, to, unit);
          from = to;
        }
        const { segments } = explainClock(clock, { calendar, hours: unit });
        expect(segments[0]?.from).toBe(started);
        segments.slice(1).forEach((each, i) => expect(each.from).toBe(segments[i]?.to));
        expect(segments.map(({ state }) => state)).toEqual(
          segments.map((_, i) => (i % 2 === 0 ? 'running' : 'paused')),
        );
        expect(segments.at(-1)?.dueAt).toBe(clock.dueAt);
      }),
      { numRuns: 150 },
    );
  });
  test('stopped and restored it is as if it had never stopped', () => {
    fc.assert(
      fc.property(minute, limit, fc.tuple(fc.nat(9000), fc.nat(9000)), hours, (started, rule, [wait, length], unit) => {
        const clock = begin(started, rule, unit);
        const at = (started + wait * 60_000) as Instant;
        const stopped = stopClock(clock, { at, cause: 'submit' }, { calendar, hours: unit });
        const restored = restoreClock(stopped, { at: (at + length * 60_000) as Instant, cause: 'review failed' });
        expect({ ...restored, history: [], version: 1 }).toEqual({ ...clock, history: [] });
      }),
      { numRuns: 150 },
    );
  });
  test('no calendar moves it earlier unless that was accepted, and the same calendar twice changes nothing', () => {
    const day = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.boolean());
    fc.assert(
      fc.property(
        minute,
        limit,
        fc.array(day, { maxLength: 12 }),
        hours,
        fc.boolean(),
        (started, rule, days, unit, take) => {
          const clock = begin(started, rule, unit);
          const from = Math.floor(started / 86_400_000);
          const corrections = days.map(([n, isOffDay]) => ({
            name: 'amended',
            date: new Date((from + n) * 86_400_000).toISOString().slice(0, 10),
            isOffDay,
          }));
          const amended = { calendar: buildCalendar(notices, corrections), hours: unit };
          const now = { at: started, acceptEarlier: take };
          const { clock: moved, counted } = recompute(clock, amended, now);
          expect(counted).toBe(beginIn(started, rule, amended).dueAt);
          expect(moved.dueAt).toBe(take ? counted : Math.max(counted, clock.dueAt));
          expect(recompute(moved, amended, now).clock.dueAt).toBe(moved.dueAt);
        },
      ),
      { numRuns: 150 },
    );
  });
  test('more time is never due earlier', () => {
    fc.assert(
      fc.property(minute, limit, fc.tuple(fc.nat(9000), fc.nat(9000)), hours, (started, rule, [wait, length], unit) => {
        const clock = begin(started, rule, unit);
        const from = started + wait * 60_000;
        const held = hold(clock, from, from + length * 60_000, unit);
        expect(dueAtFactor(held, 2, { calendar, hours: unit }).dueAt).toBeGreaterThanOrEqual(held.dueAt);
      }),
      { numRuns: 200 },
    );
  });
});

test('a city that wrote its limits down before a clock was known runs that one by the default', () => {
  const old = {
    version: 'ours',
    rows: defaultClockRules.rows
      .filter(({ clock }) => clock !== 'judgement')
      .map((row) => (row.clock === 'review' ? { ...row, amount: 2 } : row)),
  };
  const whole = completed(old);
  expect(ruleFor(whole, 'judgement')).toEqual({ kind: 'working_day', amount: 3, version: 'ours' });
  expect(ruleFor(whole, 'review').amount).toBe(2);
  expect(whole.rows).toHaveLength(defaultClockRules.rows.length);
  expect(completed(undefined)).toBe(defaultClockRules);
});
