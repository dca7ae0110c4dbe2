import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { climbReply } from '../../src/domain/ladder-climb.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { defaultPowers } from '../../src/domain/powers.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import {
  allowedOnSupervision,
  decideSupervision,
  issueSupervision,
  type SupervisionByRule,
  type SupervisionCommand,
  type SupervisionDemand,
  superviseByRule,
} from '../../src/domain/supervise.ts';
import {
  gatherKeyOf,
  gradeRank,
  isPressing,
  type SupervisionOrder,
  supervised,
  supervisionGrades,
} from '../../src/domain/supervision.ts';
import { iso, after as later, minutes } from '../../src/domain/time.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import {
  after,
  anOrder,
  at,
  centreLeader,
  city,
  clerk,
  dispatcher,
  everybody,
  head,
  monday,
  operator,
  shiftLeader,
} from '../support/orders.ts';
import { answeredBy, asks, lamp, supervisionNames as names, street, supervisionIn, yes } from '../support/powers.ts';

const local = (order: SupervisionOrder) => iso(order.replyBy).slice(0, 16);
const demanded = (by: Actor, more: Partial<SupervisionDemand> = {}, now = monday) =>
  issueSupervision(
    { unit: 'lights', orders: [lamp()], grade: 'daily', demand: 'say when', ...more },
    names,
    asks(by, { now }),
  );
const codeOf = (outcome: unknown) => (isRefusal(outcome) ? outcome.code : null);

describe('G9 who may supervise whom', () => {
  test('the street of the place over a bureau above it, the level above, and the hotline’s leaders', () => {
    const may = everybody.filter((actor) => codeOf(demanded(actor)) === null).map((actor) => actor.name);
    expect(may).toEqual(['shift leader', 'centre leader', 'head of hotline', 'head of district', 'head of street-a']);
  });

  test('a street only where every order lies in it', () => {
    expect(codeOf(demanded(street, { orders: [lamp(), lamp({ path: ['C', 'D', 'DB'] })] }))).toBe('not-the-supervisor');
    expect(codeOf(demanded(street, { orders: [lamp({ path: [] })] }))).toBe('not-the-supervisor');
  });

  test('G2 the power goes with a role at a level', () => {
    const powers = [{ ...defaultPowers[1]!, level: 'community', roles: ['unit_leader'] } as const];
    const say = (by: Actor) =>
      issueSupervision({ unit: 'lights', orders: [lamp()], grade: 'daily', demand: 'x' }, names, asks(by, { powers }));
    expect([codeOf(say(head('community-a1'))), codeOf(say(street))]).toEqual([null, 'not-the-supervisor']);
  });

  test('nobody supervises an order of its own', () => {
    const own = lamp({ owner: 'street-a', overdueAssists: ['lights'] });
    expect(demanded(street, { orders: [own] })).toMatchObject({ code: 'own-order', details: { workOrders: ['w1'] } });
    expect(codeOf(demanded(head('lights')))).toBe('own-order');
    expect(codeOf(demanded(head('district'), { orders: [own] }))).toBe(null);
  });

  test('only a unit that answers for the order: its owner, an assist that is late, a unit called about it', () => {
    const say = (unit: string, more: object = {}) => codeOf(demanded(street, { unit, orders: [lamp(more)] }));
    expect(say('water')).toBe('not-answerable');
    expect(say('water', { overdueAssists: ['water'] })).toBe(null);
    expect(say('water', { called: ['water'] })).toBe(null);
    expect(say('lights', { overdueAssists: ['water'] })).toBe(null);
  });

  test('an assist counts as late only past its own limit', () => {
    const order = after(anOrder('handling'), 'assist', { unit: 'water', task: 'pump' }, { as: dispatcher });
    const due = order.assists[0]?.dueAt ?? monday;
    expect([due, later(due, minutes(1))].map((now) => supervised(order, now).overdueAssists)).toEqual([[], ['water']]);
  });

  test.each([
    ['unit-unknown', { unit: 'moon' }],
    ['work-orders-missing', { orders: [] }],
    ['work-order-ended', { orders: [lamp({ open: false })] }],
    ['demand-missing', { demand: ' ' }],
    ['in-the-past', { replyBy: monday }],
  ] as const)('refuses with %s', (code, more) => {
    expect(codeOf(demanded(street, more))).toBe(code);
  });
});

test.each([
  ['daily', '2026-03-05T18:00'],
  ['listed', '2026-03-03T18:00'],
  ['referral', '2026-03-03T18:00'],
] as const)('G9 a %s order is answered by %s', (grade, expected) => {
  expect(local(yes(demanded(street, { grade })).order)).toBe(expected);
});

test('G9 a reply takes it from the top of the queue; a refused one puts it back with a new date', () => {
  const replied = supervisionIn('replied');
  expect([supervisionIn('issued'), replied].map(isPressing)).toEqual([true, false]);
  const now = at('2026-03-04 10:00');
  const refused = answeredBy(replied, { action: 'refuse', said: { reason: 'no date' } }, asks(street, { now }));
  expect([isPressing(refused), local(refused), refused.replies[0]?.verdict]).toEqual([
    true,
    '2026-03-09T18:00',
    'refused',
  ]);
  const dated = { action: 'refuse', said: { reason: 'x', replyBy: at('2026-03-04 12:00') } } as const;
  expect(local(answeredBy(replied, dated, asks(street, { now })))).toBe('2026-03-04T12:00');
});

test('G9 unanswered, it rises by a grade and a level each time, to the top and no further', () => {
  let order = supervisionIn('issued');
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) {
    const now = order.replyBy;
    const seq = order.clocks.at(-1)?.seq ?? 0;
    expect(
      climbReply(
        order,
        seq,
        { ...defaultLadder, rungs: defaultLadder.rungs.filter((r) => r.id !== 'warn') },
        asks(theSystem, { now: later(now, minutes(-1)) }),
      ),
    ).toBeNull();
    order = climbReply(order, seq, defaultLadder, asks(theSystem, { now }))?.order ?? order;
    seen.push(`${order.grade} ${order.by}`);
  }
  expect(seen).toEqual([
    'listed district',
    'circular hotline',
    'interview hotline',
    'referral hotline',
    'referral hotline',
    'referral hotline',
  ]);
  expect(
    allowedOnSupervision(
      answeredBy(order, { action: 'reply', said: { text: 'sorry' } }, asks(clerk('lights'))),
      asks(street),
    ),
  ).toEqual([]);
  expect(codeOf(decideSupervision(order, { action: 'reply', said: { text: ' ' } }, asks(clerk('lights'))))).toBe(
    'reply-missing',
  );
});

test('it ends with its last work order', () => {
  const leave = (order: SupervisionOrder, workOrderId: string) =>
    answeredBy(order, { action: 'leave', said: { workOrderId, state: 'closed' } }, asks(theSystem));
  const one = leave(supervisionIn('replied'), 'w1');
  expect([one.state, one.workOrderIds]).toEqual(['replied', ['w2']]);
  const none = leave(one, 'w2');
  expect([none.state, none.endedAt, none.clocks.every((c) => c.state === 'stopped')]).toEqual([
    'withdrawn',
    monday,
    true,
  ]);
  expect(leave(one, 'w9').workOrderIds).toEqual(['w2']);
});

describe('G9 what rules demand of one unit on one day is one order', () => {
  const system = asks(theSystem);
  const rule = (more: Partial<SupervisionByRule> = {}): SupervisionByRule => ({
    unit: 'lights',
    by: 'street-a',
    grade: 'daily',
    workOrderIds: ['w1'],
    cause: { rung: 'work_supervised', policy: 'default-1', about: 'order' },
    ...more,
  });
  const first = yes(superviseByRule(rule(), null, names, system)).order;

  test('found by unit and day of the city', () => {
    expect(first).toMatchObject({ automatic: true, gatherKey: 'lights 2026-03-02', state: 'issued' });
    expect(gatherKeyOf('lights', at('2026-03-02 23:59'))).toBe(first.gatherKey);
    expect(gatherKeyOf('lights', at('2026-03-03 00:00'))).not.toBe(first.gatherKey);
  });

  test('with every work order once, the hardest grade, and the date it had', () => {
    const more = rule({ workOrderIds: ['w1', 'w2'], grade: 'listed' });
    const { order } = yes(superviseByRule(more, first, names, asks(theSystem, { now: at('2026-03-02 17:00') })));
    expect(order).toMatchObject({
      workOrderIds: ['w1', 'w2'],
      grade: 'listed',
      by: 'street-a',
      replyBy: first.replyBy,
    });
    expect(order.causes, 'the same rung of the same policy is one cause').toHaveLength(1);
  });

  test('as the word of the level above all the streets it comes from', () => {
    const { order } = yes(superviseByRule(rule({ by: 'street-b', workOrderIds: ['w3'] }), first, names, system));
    expect(order.by).toBe('district');
    const upward = yes(superviseByRule(rule({ unit: 'district' }), null, names, system)).order;
    expect(yes(superviseByRule(rule({ unit: 'district', by: 'street-b' }), upward, names, system)).order.by).toBe(
      'hotline',
    );
  });

  test('and a new one where that day’s was answered already', () => {
    const answered = answeredBy(first, { action: 'reply', said: { text: 'today' } }, asks(clerk('lights')));
    const { order } = yes(
      superviseByRule(rule({ workOrderIds: ['w3'] }), answered, { ...names, number: 'S-2' }, system),
    );
    expect([order.number, order.workOrderIds]).toEqual(['S-2', ['w3']]);
  });
});

const people = [street, clerk('lights'), head('district'), theSystem, centreLeader, shiftLeader, operator];

test('on every walk the grade and the level only rise, one date is running while an answer is owed, and the end is final', () => {
  const visited = new Set<string>();
  const tries = fc.array(fc.record({ what: fc.nat(99), who: fc.nat(99), wait: fc.nat(4000), ok: fc.boolean() }), {
    minLength: 1,
    maxLength: 25,
  });
  fc.assert(
    fc.property(tries, (walk) => {
      let order = supervisionIn('issued');
      let now = monday;
      for (const { what, who, wait, ok } of walk) {
        now = later(now, minutes(wait));
        const setting = asks(people[who % people.length]!, { now });
        const may = allowedOnSupervision(order, setting);
        const action = may[what % Math.max(1, may.length)];
        if (action === undefined) continue;
        const words = ok ? 'because' : ' ';
        const cause = { rung: 'work_listed', policy: 'p', about: 'order' };
        const said = {
          text: words,
          reason: words,
          workOrderId: `w${1 + (what % 3)}`,
          state: 'closed',
          workOrderIds: ['w3'],
          grade: 'listed',
          by: 'street-a',
          cause,
        };
        const outcome = decideSupervision(order, { action, said } as unknown as SupervisionCommand, setting);
        if (outcome.kind === 'refused') continue;
        const before = order;
        order = outcome.order;
        visited.add(action).add(order.state);
        expect(gradeRank(order.grade)).toBeGreaterThanOrEqual(gradeRank(before.grade));
        expect(order.by).not.toBe(order.unit);
        expect(
          [...before.workOrderIds, ...before.leftWorkOrderIds].every((id) =>
            [...order.workOrderIds, ...order.leftWorkOrderIds].includes(id),
          ),
        ).toBe(true);
        const running = order.clocks.filter((c) => c.state === 'running');
        expect(running.map((c) => c.dueAt)).toEqual(order.state === 'issued' ? [order.replyBy] : []);
        if (order.endedAt !== null) expect(people.flatMap((a) => allowedOnSupervision(order, asks(a)))).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
  expect([...visited]).toEqual(expect.arrayContaining(['escalate', 'refuse', 'accepted', 'withdrawn', 'gather']));
  expect(supervisionGrades).toHaveLength(5);
  expect(city.units.has('hotline')).toBe(true);
});
