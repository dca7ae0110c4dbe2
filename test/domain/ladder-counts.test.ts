import { describe, expect, test } from 'vitest';
import { answerFollowUp } from '../../src/domain/answer.ts';
import { ask } from '../../src/domain/approvals.ts';
import type { City } from '../../src/domain/city.ts';
import { settle } from '../../src/domain/decide.ts';
import type { CountRung } from '../../src/domain/ladder.ts';
import { countsOf, superviseCounts } from '../../src/domain/ladder-counts.ts';
import { ladderFaults } from '../../src/domain/ladder-faults.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import type { Instant } from '../../src/domain/time.ts';
import { type Fact, theSystem, type WorkOrder } from '../../src/domain/work-order.ts';
import {
  after,
  anOrder,
  asked,
  attempt,
  city,
  clerk,
  dispatcher,
  followUpAgent,
  granted,
  monday,
  operator,
  resident,
} from '../support/orders.ts';
import { asks } from '../support/powers.ts';

const under = (...rows: readonly CountRung[]): City => ({ ...city, counts: { version: 'mine', rows } });
const problemAt = (count: CountRung['count'], times: number): CountRung => ({
  id: `${count} ${times}`,
  count,
  times,
  action: 'problem_order',
});
const firings = (facts: readonly Fact[]) =>
  facts.filter((f) => f.type === 'rung_fired').map(({ actor, body }) => ({ by: actor.name, ...body }));

/** Sent from unit to unit by the dispatcher; the decision on the last. */
const ledBy = (units: readonly string[], by: City) =>
  units.reduce(
    ({ order }, unit) =>
      granted(
        attempt(order, 'redispatch', { unit, basis: 'the map', reason: 'our error' }, { as: dispatcher, in: by }),
      ),
    { order: anOrder('dispatched'), facts: [] as readonly Fact[] },
  );

/** What one resident answers, and what follows. */
const answered = (order: WorkOrder, solved: 'yes' | 'no', now: Instant = monday) => {
  const setting = { city, now, actor: followUpAgent };
  const id = order.followUps.findLast((f) => f.state === 'open')?.id ?? '';
  const answer = {
    contacted: true,
    satisfaction: 'basically',
    reason: null,
    askedToChange: null,
    comment: null,
  } as const;
  return settle(granted(answerFollowUp(order, id, { ...answer, solved }, setting)), setting);
};
/** Worked on again, and the resident is to be asked. */
const again = (order: WorkOrder): WorkOrder => {
  const by = { as: clerk(order.owner) };
  const said = { result: 'solved', text: '', evidence: [{ text: 'lit' }], requesterTold: true } as const;
  const submitted = after(after(order, 'take', {}, by), 'submit', said, by);
  const reviewed = after(submitted, 'review', { passed: true }, { as: operator });
  return after(reviewed, 'verify_by_timeout', {}, { as: theSystem });
};

describe('the breaker reads its counts from the ladder in force', () => {
  test('the ladder a city starts with: the third lead, once', () => {
    const second = ledBy(['water'], city);
    expect([second.order.problem, firings(second.facts)]).toEqual([false, []]);
    const third = ledBy(['water', 'power'], city);
    expect(third.order.problem).toBe(true);
    expect(firings(third.facts)).toEqual([
      {
        by: 'system',
        rung: 'third_lead',
        policy: 'default-1',
        counted: { leads: 3 },
        did: [{ do: 'problem_order' }],
        nothing: [],
      },
    ]);
    expect(third.facts.filter((f) => f.type === 'problem_order')).toMatchObject([{ unit: 'hotline' }]);
    expect(firings(ledBy(['water', 'power', 'enforcement'], city).facts)).toEqual([]);
  });

  test('N34 another ladder: at its own number, with its version', () => {
    const strict = ledBy(['water'], under(problemAt('leads', 2)));
    expect(strict.order.problem).toBe(true);
    expect(firings(strict.facts)).toMatchObject([{ rung: 'leads 2', policy: 'mine' }]);
    expect(ledBy(['water', 'power'], under(problemAt('leads', 4))).order.problem).toBe(false);
    expect(ledBy(['water', 'power'], under()).order.problem).toBe(false);
  });

  test('what was beyond a count when the ladder came is passed over', () => {
    const three = ledBy(['water', 'power'], under()).order;
    const said = { unit: 'enforcement', basis: 'the map', reason: 'our error' };
    const fourth = granted(attempt(three, 'redispatch', said, { as: dispatcher, in: under(problemAt('leads', 3)) }));
    expect([fourth.order.leads.length, fourth.order.problem]).toEqual([4, false]);
  });

  test('a second reason finds a problem order already, and says so', () => {
    const by = under(problemAt('leads', 2), problemAt('leads', 3));
    expect(firings(ledBy(['water', 'power'], by).facts)).toMatchObject([
      { rung: 'leads 3', did: [], nothing: [{ action: 'problem_order', because: 'problem-already' }] },
    ]);
  });

  test('leads by passing down are not counted, whatever the number', () => {
    const order = anOrder('dispatched', { category: 'city/flood' });
    const down = attempt(
      order,
      'pass-down',
      { unit: 'water' },
      { as: clerk('district'), in: under(problemAt('leads', 2)) },
    );
    expect(granted(down).order).toMatchObject({ owner: 'water', problem: false });
  });
});

describe('which return is the arbiter’s', () => {
  const returning = (order: WorkOrder, by: City) => {
    const terms = { basis: 'not ours', proposedUnit: 'power' };
    return granted(
      ask(order, { kind: 'return', reason: 'x', terms }, { city: by, now: monday, actor: clerk(order.owner) }),
    );
  };
  const arbitrationAt = (times: number): CountRung => ({ id: 'mine', count: 'returns', times, action: 'arbitration' });
  const decider = ({ order }: { order: WorkOrder }) => order.approvals.at(-1)?.decider;

  test('by the ladder a city starts with the second, and it says so', () => {
    const first = returning(anOrder('signed'), city);
    expect([decider(first), firings(first.facts)]).toEqual([{ role: 'dispatcher', unit: null }, []]);
    const moved = after(
      first.order,
      'redispatch',
      { unit: 'water', basis: 'the map', reason: 'our error' },
      { as: dispatcher },
    );
    const second = returning(moved, city);
    expect(decider(second)).toEqual({ role: null, unit: 'hotline' });
    expect(firings(second.facts)).toMatchObject([
      { rung: 'second_return', policy: 'default-1', counted: { returns: 2 }, did: [{ do: 'arbitration' }] },
    ]);
  });

  test('the first where the ladder says one, none where it says nothing', () => {
    expect(decider(returning(anOrder('signed'), under(arbitrationAt(1))))).toEqual({ role: null, unit: 'hotline' });
    const often = { ...anOrder('signed'), returns: 5 };
    expect(decider(returning(often, under()))).toEqual({ role: 'dispatcher', unit: null });
    expect(decider(returning(often, under(arbitrationAt(3))))?.unit).toBe('hotline');
  });
});

describe('unsolved, in the resident’s word', () => {
  test('each time back to work; counted by rounds that went back for it', () => {
    const first = answered(anOrder('following_up'), 'no');
    expect(first.order).toMatchObject({ state: 'rework', reworks: 1 });
    expect(countsOf(first.order)).toMatchObject({ unsolved: 1, reworks: 1 });
    expect(firings(first.facts)).toMatchObject([{ rung: 'unsolved', did: [{ do: 'rework' }] }]);
    const second = answered(again(first.order), 'no');
    expect(countsOf(second.order)).toMatchObject({ unsolved: 2, reworks: 2 });
    expect(firings(second.facts)).toMatchObject([{ rung: 'unsolved', counted: { unsolved: 2 } }]);
    const third = answered(again(second.order), 'no');
    expect(third.order.problem).toBe(true);
    const solved = answered(again(first.order), 'yes');
    expect(solved.order.state).toBe('closed');
    const reopened = after(solved.order, 'reopen', {}, { as: resident });
    expect(countsOf(reopened)).toMatchObject({ unsolved: 1, reworks: 2 });
  });

  test('the second time the unit is supervised by the street of the place, once', () => {
    const first = answered(anOrder('following_up'), 'no').order;
    const setting = asks(theSystem);
    expect(superviseCounts(anOrder('following_up'), first, setting)).toEqual({ fired: [], facts: [] });
    const waiting = again(first);
    const second = answered(waiting, 'no').order;
    const { fired, facts } = superviseCounts(waiting, second, setting);
    expect(fired).toMatchObject([
      {
        rung: 'unsolved_twice',
        policy: 'default-1',
        intents: [{ do: 'supervise', unit: 'lights', by: 'street-a', grade: 'daily', workOrderIds: [second.id] }],
      },
    ]);
    expect(firings(facts)).toMatchObject([{ rung: 'unsolved_twice', counted: { unsolved: 2 } }]);
    const more = again(second);
    expect(superviseCounts(more, answered(more, 'no').order, setting).fired).toEqual([]);
  });
});

test.each<[string, CountRung, string | null]>([
  ['a problem order at the second return', problemAt('returns', 2), null],
  ['a supervision at the first rework', { id: 'x', count: 'reworks', times: 1, action: 'supervision' }, null],
  ['a problem order with the first lead', problemAt('leads', 1), 'times-out-of-range'],
  ['never', problemAt('returns', 0), 'times-out-of-range'],
  ['arbitration of leads', { id: 'x', count: 'leads', times: 3, action: 'arbitration' }, 'action-not-of-the-count'],
  ['rework by returns', { id: 'x', count: 'returns', times: 1, action: 'rework' }, 'action-not-of-the-count'],
  [
    'rework only the second time',
    { id: 'x', count: 'unsolved', times: 2, action: 'rework' },
    'action-not-of-the-count',
  ],
])('a ladder with %s is sound, or named wrong', (_what, row, fault) => {
  expect(ladderFaults({ ...defaultLadder, counts: [row] }, city)).toEqual(
    fault === null ? [] : [{ row: row.id, fault }],
  );
});

test('granting goes by the counts too: a handed over order that has its third lead is a problem', () => {
  const order = after(
    asked(
      after(anOrder('dispatched'), 'redispatch', { unit: 'water', basis: 'map', reason: 'x' }, { as: dispatcher }),
      { kind: 'return', terms: { basis: 'x', proposedUnit: 'power' } },
      { as: clerk('water') },
      { as: dispatcher },
    ),
    'sign',
    {},
    { as: clerk('power') },
  );
  expect(order).toMatchObject({ leads: ['lights', 'water', 'power'], problem: true });
});
