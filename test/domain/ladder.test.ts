import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCalendar } from '../../src/domain/calendar.ts';
import type { City } from '../../src/domain/city.ts';
import {
  type Clock,
  type ClockKind,
  extendClock,
  pauseClock,
  resumeClock,
  ruleFor,
  startClock,
  stopClock,
} from '../../src/domain/clocks.ts';
import { countsReached, isHot, ladderAt, nextRungAt, type Rung, rungsDue, rungsOf } from '../../src/domain/ladder.ts';
import { climb } from '../../src/domain/ladder-climb.ts';
import { ladderFaults } from '../../src/domain/ladder-faults.ts';
import { fireRungs, type Subject, subjectOf, whatRungDoes } from '../../src/domain/ladder-fire.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { clockOf, timetableOf } from '../../src/domain/order-clocks.ts';
import { type Instant, iso, after as later, minutes } from '../../src/domain/time.ts';
import { fireOrder } from '../../src/domain/when-due.ts';
import { theSystem, type WorkOrder } from '../../src/domain/work-order.ts';
import { after, anOrder, asked, at, city, clerk, monday } from '../support/orders.ts';
import { asks } from '../support/powers.ts';

const { rungs } = defaultLadder;
const system = (now: Instant) => asks(theSystem, { now });
const seqOf = (order: WorkOrder, kind: ClockKind) => clockOf(order, kind)?.seq ?? 0;
const when = (order: WorkOrder, kind: ClockKind) => {
  const clock = clockOf(order, kind);
  if (clock === undefined) throw new Error(`no ${kind} clock`);
  return rungsOf(order, clock, city, rungs).map((each) => `${each.rung.id} ${iso(each.dueAt).slice(0, 16)}`);
};

describe('when the rungs of the default ladder are', () => {
  test('resolve of an ordinary order: in working days after its limit', () => {
    expect(when(anOrder('handling'), 'resolve')).toEqual([
      'warn 2026-03-08T11:23',
      'work_limit 2026-03-09T23:59',
      'work_supervised 2026-03-10T18:00',
      'work_listed 2026-03-16T18:00',
      'work_twice 2026-03-16T23:59',
    ]);
  });

  test('resolve of an order with 24 hours: in wall time, and the duty office at the limit', () => {
    expect(when(anOrder('handling', { category: 'city/wires' }), 'resolve')).toEqual([
      'warn 2026-03-03T04:12',
      'work_limit_fast 2026-03-03T09:00',
      'work_supervised 2026-03-04T09:00',
      'work_twice 2026-03-04T09:00',
      'work_listed 2026-03-08T09:00',
    ]);
  });

  test('an urgent order nobody signs: post B, the duty leader, then a person', () => {
    expect(when(anOrder('dispatched', { urgency: 'urgent', now: at('2026-03-07 23:00') }), 'sign')).toEqual([
      'unsigned_10 2026-03-07T23:10',
      'unsigned_20 2026-03-07T23:20',
      'warn 2026-03-07T23:24',
      'unsigned_30 2026-03-07T23:30',
    ]);
    expect(when(anOrder('dispatched'), 'sign')).toEqual([
      'unclaimed_1 2026-03-02T10:00',
      'unclaimed_2 2026-03-02T11:00',
      'warn 2026-03-02T13:12',
      'sign_limit 2026-03-02T14:00',
    ]);
  });
});

describe('what they do', () => {
  const did = (order: WorkOrder, kind: ClockKind, now: Instant) =>
    climb(order, seqOf(order, kind), defaultLadder, system(now));
  const doing = (id: string, more: Partial<Subject>) => {
    const order = anOrder('handling');
    const subject = { ...subjectOf(order, clockOf(order, 'resolve')!), ...more };
    return whatRungDoes(rungs.find((rung) => rung.id === id)!, subject, asks(theSystem));
  };

  test('urgent orders are never signed by timeout: people are rung, and somebody answers for it', () => {
    const order = anOrder('dispatched', { urgency: 'urgent' });
    const climbed = did(order, 'sign', later(monday, minutes(31)));
    expect(climbed?.intents).toEqual([
      { do: 'ring', unit: 'lights', whom: 'post_b' },
      { do: 'ring', unit: 'lights', whom: 'duty_leader' },
      { do: 'warn', unit: 'lights' },
      { do: 'human_acknowledgement', role: 'shift_leader', choices: ['acknowledge', 'assist'] },
    ]);
    expect(climbed?.order.state).toBe('dispatched');
    expect(did(after(order, 'sign', {}, { as: clerk('lights') }), 'sign', later(monday, minutes(31)))).toBeNull();
  });

  test('an ordinary order unsigned at its limit is signed by timeout and its unit urged', () => {
    const climbed = did(anOrder('dispatched'), 'sign', at('2026-03-02 14:00'));
    expect(climbed?.order).toMatchObject({ state: 'signed', signedLate: true });
    expect(climbed?.intents.map((intent) => intent.do)).toEqual(['tell_post', 'tell_post', 'warn', 'urge']);
    expect(climbed?.facts.filter((f) => f.type === 'rung_fired').map((f) => f.body)).toMatchObject([
      { rung: 'unclaimed_1', policy: 'default-1' },
      { rung: 'unclaimed_2', policy: 'default-1' },
      { rung: 'warn', policy: 'default-1', clock: { kind: 'sign', version: 1 } },
      { rung: 'sign_limit', policy: 'default-1' },
    ]);
  });

  test('G9 late work is supervised by the street of the place, or the district where that owns it or nothing is placed', () => {
    const by = (more: Partial<Subject>) => doing('work_supervised', more).intents.map((i) => ('by' in i ? i.by : null));
    expect(by({})).toEqual(['street-a']);
    expect(by({ owner: 'street-a', unit: 'street-a' })).toEqual(['district']);
    expect(by({ path: [] })).toEqual(['district']);
    expect(by({ path: [], owner: 'power', unit: 'power' })).toEqual(['hotline']);
    expect(by({ path: ['D', 'DB'] })).toEqual(['street-b']);
    expect(doing('work_supervised', { path: [], owner: 'hotline', unit: 'hotline' }).nothing).toEqual([
      { action: 'supervise', because: 'at-the-top' },
    ]);
  });

  test('an overdue assist is supervised at the assisting unit, never at the lead', () => {
    const order = after(anOrder('handling'), 'assist', { unit: 'water', task: 'pump' }, { as: clerk('lights') });
    const due = clockOf(order, 'assist')?.dueAt ?? monday;
    const intents = did(order, 'assist', later(due, minutes(60 * 24 * 5)))?.intents ?? [];
    expect(intents.map((i) => ('unit' in i ? `${i.do} ${i.unit}` : i.do))).toEqual([
      'warn water',
      'urge water',
      'supervise water',
    ]);
  });

  test('N34 twice the limit goes one level up, and a problem order stays where it is', () => {
    expect(doing('work_twice', {}).intents).toEqual([{ do: 'one_level_up', unit: 'lights', to: 'district' }]);
    expect(doing('work_twice', { problem: true }).nothing).toEqual([
      { action: 'one_level_up', because: 'problem-already' },
    ]);
    expect(doing('work_twice', { owner: 'hotline' }).nothing).toEqual([
      { action: 'one_level_up', because: 'at-the-top' },
    ]);
  });

  test('a rung that no longer applies does nothing and says so', () => {
    expect(doing('work_limit', { open: false })).toEqual({
      intents: [],
      nothing: [{ action: 'urge', because: 'ended' }],
    });
    expect(doing('unsigned_10', {}).nothing).toEqual([{ action: 'ring', because: 'signed' }]);
    expect(doing('sign_limit', { urgency: 'urgent', unsigned: true }).nothing).toEqual([
      { action: 'sign_by_timeout', because: 'urgent-never' },
    ]);
    expect(doing('contact_limit', { path: [] }).nothing).toEqual([{ action: 'tell', because: 'nobody' }]);
  });

  test('an unverified order moves on at the limit, and says that it is', () => {
    const climbed = did(anOrder('verifying'), 'verify', at('2026-03-03 18:00'));
    expect(climbed?.order).toMatchObject({ state: 'following_up', unverified: true });
  });
});

describe('what costs a unit nothing', () => {
  const unpublished: City = { ...city, calendar: buildCalendar([]) };
  const started = (kind: ClockKind, unit: string | null, where: City, start = monday) =>
    startClock(
      { seq: 1, kind, unit, rule: ruleFor(where.clockRules, kind, 'ordinary'), at: start },
      timetableOf(where, unit),
    );
  const ordinary = { tier: 'ordinary', urgency: 'normal' } as const;
  const ids = (clock: Clock, where: City) =>
    rungsDue(ordinary, clock, at('2027-06-01 09:00'), where, rungs).map(({ rung }) => rung.id);

  test('a provisional date only warns', () => {
    expect(ids(started('resolve', 'lights', unpublished), unpublished)).toEqual(['warn']);
    expect(ids(started('review', null, unpublished), unpublished)).toEqual(['warn', 'hotline_limit']);
  });

  test('nor is an order brought back from account by it, or a unit’s decision passed on; the hotline’s own is', () => {
    const open = (order: WorkOrder): WorkOrder => ({
      ...order,
      clocks: order.clocks.map((clock) => ({ ...clock, provisional: true })),
    });
    const muchLater = system(at('2027-06-01 09:00'));
    const onAccount = anOrder('on_account');
    const review = onAccount.clocks.find((clock) => clock.kind === 'on_account_review');
    const onlyReview = { ...onAccount, clocks: review === undefined ? [] : [review] };
    expect(fireOrder(open(onlyReview), defaultLadder, muchLater)?.order.state).toBe('on_account');
    expect(fireOrder(onlyReview, defaultLadder, muchLater)?.order.state).toBe('handling');

    const deciding = (kind: 'suspension' | 'on_account'): WorkOrder => {
      const terms = { plan: 'next season', cause: 'season_or_engineering', until: at('2026-03-20 18:00') } as const;
      const order = asked(anOrder('handling'), { kind, terms }, { as: clerk('lights') });
      return open({ ...order, clocks: order.clocks.filter((clock) => clock.kind === 'decision') });
    };
    const lapsed = (order: WorkOrder) =>
      fireOrder(order, defaultLadder, system(at('2026-03-04 09:00')))?.order.approvals.at(0)?.state;
    expect([lapsed(deciding('on_account')), lapsed(deciding('suspension'))]).toEqual(['pending', 'lapsed']);
  });

  test('nor does a rung beyond the last published year, though its clock is due before', () => {
    const notice = { year: 2026, days: [{ name: 'day', date: '2026-01-01', isOffDay: true }] };
    const until2026: City = { ...city, calendar: buildCalendar([notice]) };
    const clock = started('resolve', 'lights', until2026, at('2026-12-22 09:00'));
    expect(clock.provisional).toBe(false);
    expect(ids(clock, until2026)).toEqual(['warn', 'work_limit', 'work_supervised']);
  });

  test('a clock that is paused or has stopped has no rungs', () => {
    const clock = started('resolve', 'lights', city);
    const paused = pauseClock(clock, { at: later(monday, minutes(5)), reason: 'force_majeure', approver: 'x' });
    const stopped = stopClock(clock, { at: later(monday, minutes(5)), cause: 'submit' }, timetableOf(city, 'lights'));
    for (const each of [paused, stopped]) {
      expect(rungsDue(ordinary, each, at('2027-06-01 09:00'), city, rungs)).toEqual([]);
      expect(nextRungAt(ordinary, each, city, rungs)).toBeNull();
    }
  });
});

test('the policy in force is the one that began last', () => {
  const next = { ...defaultLadder, version: 'v2', validFrom: monday };
  expect([later(monday, minutes(-1)), monday].map((now) => ladderAt([next, defaultLadder], now)?.version)).toEqual([
    'default-1',
    'v2',
  ]);
});

test('N34 a count is reached once', () => {
  const zero = { returns: 0, leads: 1, reworks: 0, unsolved: 0 };
  const ids = (before: object, now: object) =>
    countsReached({ ...zero, ...before }, { ...zero, ...now }, defaultLadder.counts).map((c) => c.id);
  expect(ids({ leads: 2 }, { leads: 3 })).toEqual(['third_lead']);
  expect(ids({ leads: 3 }, { leads: 4 })).toEqual([]);
  expect(ids({}, { returns: 2, unsolved: 1 })).toEqual(['second_return', 'unsolved']);
  expect([9, 10].map((people) => isHot({ people, orders: 0 }, defaultLadder.hot))).toEqual([false, true]);
});

describe('a ladder is refused', () => {
  const rung: Rung = {
    id: 'x',
    clocks: ['resolve'],
    tiers: null,
    urgency: null,
    at: { percent: 90 },
    actions: [{ do: 'warn' }],
  };
  const faults = (...rows: readonly Partial<Rung>[]) =>
    ladderFaults({ ...defaultLadder, rungs: rows.map((row) => ({ ...rung, ...row })) }, city).map(
      (f) => `${f.row} ${f.fault}`,
    );

  test('not the default one', () => {
    expect(ladderFaults(defaultLadder, city)).toEqual([]);
  });

  test.each([
    ['x action-missing', [{ actions: [] }]],
    ['x clock-missing', [{ clocks: [] }]],
    ['x id-twice', [{}, {}]],
    ['due id-reserved', [{ id: 'due' }]],
    [' id-missing', [{ id: '' }]],
    ['x moment-out-of-range', [{ at: { percent: 101 } }]],
    ['x moment-out-of-range', [{ at: { percent: Number.NaN } }]],
    ['x moment-out-of-range', [{ at: { workingDaysAfter: 0 } }]],
    ['x moment-out-of-range', [{ at: { minutesFromStart: 1.5 } }]],
    ['x moment-out-of-range', [{ at: { factor: 0.5 } }]],
    ['x urgent-never', [{ actions: [{ do: 'sign_by_timeout' }] }]],
    ['x above-the-top', [{ actions: [{ do: 'one_level_up', levels: 4 }] }]],
    [
      'y above-the-top',
      [{ actions: [{ do: 'one_level_up', levels: 2 }] }, { id: 'y', actions: [{ do: 'one_level_up', levels: 2 }] }],
    ],
    [
      'y grade-falls',
      [
        { at: { workingDaysAfter: 1 }, actions: [{ do: 'supervise', grade: 'listed', by: 'district' }] },
        { id: 'y', at: { workingDaysAfter: 2 }, actions: [{ do: 'supervise', grade: 'daily', by: 'district' }] },
      ],
    ],
  ] as const)('for %s', (fault, rows) => {
    expect(faults(...rows)).toEqual([fault]);
  });
});

const climbers = fc.record({
  tier: fc.constantFrom('emergency', 'utility', 'ordinary', 'hard', 'consult'),
  urgency: fc.constantFrom('normal', 'urgent', 'emergency'),
} as const);
const clocks = fc
  .record({
    kind: fc.constantFrom<ClockKind>(
      'resolve',
      'sign',
      'contact',
      'rework',
      'verify',
      'report_in',
      'supervision_reply',
    ),
    start: fc.nat(60 * 24 * 200).map((n) => later(monday, minutes(n))),
    unit: fc.constantFrom('lights', 'power', 'street-a'),
  })
  .chain(({ kind, start, unit }) =>
    climbers.map((order) => {
      const variant = kind === 'resolve' ? order.tier : order.urgency === 'normal' ? 'default' : 'urgent';
      const rule = ruleFor(city.clockRules, kind, variant);
      return { order, clock: startClock({ seq: 1, kind, unit, rule, at: start }, timetableOf(city, unit)) };
    }),
  );
const handled = anOrder('handling');
const subject: Subject = subjectOf(handled, clockOf(handled, 'resolve')!);

describe('on every clock', () => {
  test('no rung fires before its moment, all fire in order of time, and each once however time is cut', () => {
    fc.assert(
      fc.property(clocks, fc.array(fc.nat(40_000), { maxLength: 12 }), ({ order, clock }, waits) => {
        const end = later(clock.startedAt, minutes(700_000));
        let now = clock.startedAt;
        let next: Clock = clock;
        const fired: string[] = [];
        for (const at of [...waits.map((wait) => (now = later(now, minutes(wait)))), end]) {
          const due = nextRungAt(order, next, city, rungs);
          const firing = fireRungs(next, { ...subject, ...order }, defaultLadder, asks(theSystem, { now: at }));
          expect(firing.fired.length > 0).toBe(due !== null && due <= at);
          for (const each of firing.fired) {
            expect(each.dueAt).toBeLessThanOrEqual(at);
            expect(each.lateMs).toBe(at - each.dueAt);
          }
          fired.push(...firing.fired.map((each) => each.rung));
          next = firing.clock;
          expect(fireRungs(next, { ...subject, ...order }, defaultLadder, asks(theSystem, { now: at })).fired).toEqual(
            [],
          );
        }
        const atOnce = fireRungs(clock, { ...subject, ...order }, defaultLadder, asks(theSystem, { now: end }));
        expect(fired).toEqual(atOnce.fired.map((each) => each.rung));
        expect(new Set(fired).size).toBe(fired.length);
        expect(nextRungAt(order, next, city, rungs)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('a rung fires at its moment, and not a millisecond before', () => {
    fc.assert(
      fc.property(clocks, ({ order, clock }) => {
        let next: Clock = clock;
        for (let due = nextRungAt(order, next, city, rungs); due !== null; due = nextRungAt(order, next, city, rungs)) {
          const early = asks(theSystem, { now: (due - 1) as Instant });
          expect(fireRungs(next, { ...subject, ...order }, defaultLadder, early).fired).toEqual([]);
          next = fireRungs(next, { ...subject, ...order }, defaultLadder, asks(theSystem, { now: due })).clock;
          expect(next.fired.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a later date moves no rung earlier, nor does a pause', () => {
    fc.assert(
      fc.property(clocks, fc.nat(20_000), fc.nat(9000), ({ order, clock }, more, from) => {
        const timetable = timetableOf(city, clock.unit);
        const before = new Map(rungsOf(order, clock, city, rungs).map(({ rung, dueAt }) => [rung.id, dueAt]));
        const grant = { dueAt: later(clock.dueAt, minutes(more)), reason: 'x', approver: 'x', at: clock.startedAt };
        const pausedAt = later(clock.startedAt, minutes(from));
        const paused = pauseClock(clock, { at: pausedAt, reason: 'force_majeure', approver: 'x' });
        const resumed = resumeClock(paused, later(pausedAt, minutes(more)), timetable);
        for (const moved of [extendClock(clock, grant, timetable), resumed])
          for (const { rung, dueAt } of rungsOf(order, moved, city, rungs))
            expect(dueAt, rung.id).toBeGreaterThanOrEqual(before.get(rung.id) ?? 0);
      }),
      { numRuns: 300 },
    );
  });

  test('a later date lets the rungs it passes come again, and only a later date does', () => {
    const order = anOrder('handling');
    const clock = clockOf(order, 'resolve')!;
    const { clock: fired } = fireRungs(
      clock,
      subjectOf(order, clock),
      defaultLadder,
      system(later(clock.dueAt, minutes(1))),
    );
    expect(fired.fired).toEqual(['warn', 'work_limit']);
    const grant = (dueAt: Instant) =>
      extendClock(fired, { dueAt, reason: 'x', approver: 'x', at: monday }, timetableOf(city, 'lights'));
    expect(grant(monday).fired).toEqual(['warn', 'work_limit']);
    expect(grant(at('2026-03-20 18:00')).fired).toEqual([]);
  });
});
