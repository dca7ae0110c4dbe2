import { describe, expect, test } from 'vitest';
import {
  allowedOnMeasure,
  decideMeasure,
  type GradedMeasure,
  gradeAfter,
  type MeasureAction,
  type MeasureCommand,
  type MeasureDecision,
  type MeasureParty,
  type MeasureSaid,
  type MeasureState,
  measureByRule,
  measureLife,
  measureParties,
  measureStates,
  referred,
  takeMeasure,
} from '../../src/domain/graded-measure.ts';
import { defaultJudgingPolicy } from '../../src/domain/judging-policy.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { allowedIn, endsOf, type Table } from '../../src/domain/table.ts';
import type { Instant } from '../../src/domain/time.ts';
import { type Actor, theSystem } from '../../src/domain/work-order.ts';
import { at, centreLeader, city, clerk, everybody, head, inspector, monday, shiftLeader } from '../support/orders.ts';
import { diagramOf } from '../support/picture.ts';

const setting = (actor: Actor, now: Instant = monday) => ({ city, now, actor, judging: defaultJudgingPolicy });
const names = { id: 'm1', number: 'CS1' };
const wanted = { unit: 'lights', demand: 'mend what you close', workOrderIds: ['w1'] };
const decided = (outcome: MeasureDecision | Refusal | null): GradedMeasure => {
  if (outcome === null || isRefusal(outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.measure;
};
const taken = (grade: GradedMeasure['grade'] = 'rectify', by: Actor = inspector) =>
  decided(takeMeasure({ ...wanted, grade }, null, names, setting(by)));
const words: { [A in MeasureAction]: MeasureSaid[A] } = {
  reply: { text: 'mended' },
  accept: {},
  refuse: { reason: 'not mended' },
  close: { outcome: 'taken back' },
  lapse: {},
};
const after = (measure: GradedMeasure, action: MeasureAction, by: Actor, now = monday) =>
  decideMeasure(measure, { action, said: words[action] } as MeasureCommand, setting(by, now));
const lights = clerk('lights');

/** A measure to rectify in each of its states. */
function inState(state: MeasureState): GradedMeasure {
  const issued = taken();
  if (state === 'issued') return issued;
  if (state === 'replied') return decided(after(issued, 'reply', lights));
  if (state === 'closed') return decided(after(issued, 'close', inspector));
  return decided(after(issued, 'lapse', theSystem, issued.rectifyBy ?? monday));
}

describe.each(measureStates)('a measure that is %s', (state) => {
  test.each(Object.keys(measureLife) as MeasureAction[])('takes %s exactly from whom the table says', (action) => {
    const measure = inState(state);
    expect(measure.state).toBe(state);
    const table: Table<MeasureAction, MeasureState, MeasureParty, string> = measureLife;
    const row = table[action];
    for (const actor of everybody) {
      const outcome = after(measure, action, actor, at('2026-03-20 09:00'));
      const parties = measureParties(actor, measure, city);
      if (!row.from.includes(state)) {
        const details = { state, action, allowedActions: allowedIn(table, state, parties) };
        expect(outcome).toEqual({ kind: 'refused', code: 'wrong-state', details });
      } else if (!row.by.some((party) => parties.has(party)))
        expect(outcome).toMatchObject({ code: 'not-yours', details: { action, allowedFor: row.by } });
      else if (isRefusal(outcome)) expect(row.unless ?? []).toContain(outcome.code);
      else expect(endsOf(row, state)).toContain(outcome.measure.state);
      expect(allowedOnMeasure(measure, { actor, city })).toEqual(allowedIn(table, state, parties));
    }
  });
});

// The matrix above follows the table wherever it goes; this does not.
test('X28 the life of a measure', () => {
  const table: Table<MeasureAction, MeasureState, MeasureParty, string> = measureLife;
  expect(diagramOf(table, ['issued', 'raise'])).toMatchInlineSnapshot(`
    "stateDiagram-v2
      [*] --> issued : raise
      issued --> replied : reply
      issued --> closed : reply, close
      replied --> closed : accept, close
      replied --> issued : refuse
      issued --> lapsed : lapse
      closed --> [*]
      lapsed --> [*]"
  `);
});

describe('X28 remind, rectify, refer', () => {
  test('each is harder than the last, as long as that is remembered', () => {
    const last = (grade: GradedMeasure['grade']) => ({ grade, raisedAt: at('2026-01-01 09:00') });
    const then = at('2026-03-02 09:00');
    expect(gradeAfter(null, then, defaultJudgingPolicy)).toBe('remind');
    expect(gradeAfter(last('remind'), then, defaultJudgingPolicy)).toBe('rectify');
    expect(gradeAfter(last('rectify'), then, defaultJudgingPolicy)).toBe('referral');
    expect(gradeAfter(last('referral'), then, defaultJudgingPolicy)).toBe('referral');
    expect(gradeAfter(last('rectify'), at('2026-04-02 09:00'), defaultJudgingPolicy)).toBe('remind');
  });

  test('a reminder ends with the unit’s word; what is to be put right has a date and somebody’s verdict', () => {
    const reminder = decided(after(taken('remind'), 'reply', lights));
    expect(reminder).toMatchObject({ state: 'closed', rectifyBy: null, replies: [{ text: 'mended', inTime: null }] });
    const measure = taken('rectify');
    expect(measure.rectifyBy).toBe(at('2026-03-09 18:00'));
    const replied = decided(after(measure, 'reply', lights, at('2026-03-09 18:01')));
    expect(replied).toMatchObject({ state: 'replied', replies: [{ inTime: false }] });
    const again = decided(after(replied, 'refuse', inspector, at('2026-03-10 09:00')));
    expect(again).toMatchObject({
      state: 'issued',
      rectifyBy: at('2026-03-17 18:00'),
      replies: [{ verdict: 'refused' }],
    });
    const done = decided(after(decided(after(again, 'reply', lights)), 'accept', inspector));
    expect(done).toMatchObject({ state: 'closed', replies: [{ verdict: 'refused' }, { verdict: 'accepted' }] });
  });

  test('without an answer by its date it lapses, and the unit is referred', () => {
    const measure = taken();
    expect(after(measure, 'lapse', theSystem, at('2026-03-09 17:59'))).toMatchObject({ code: 'too-early' });
    const lapsed = decided(after(measure, 'lapse', theSystem, at('2026-03-09 18:00')));
    const next = referred(lapsed, { id: 'm2', number: 'CS2' }, setting(theSystem, at('2026-03-09 18:00')));
    expect([lapsed.state, next.measure.grade, next.measure.follows, next.measure.unit]).toEqual([
      'lapsed',
      'referral',
      'm1',
      'lights',
    ]);
    expect(after(taken('referral'), 'lapse', theSystem, at('2026-06-01 09:00'))).toMatchObject({ code: 'too-early' });
  });

  test('the rule takes one when inspectors and judges have found fault often enough, in the centre’s name', () => {
    const rule = (faults: number, last: GradedMeasure | null = null, unit = 'lights') =>
      measureByRule({ unit, faults, workOrderIds: ['w1'] }, last, names, setting(theSystem));
    expect(rule(2)).toBeNull();
    expect(decided(rule(3))).toMatchObject({
      grade: 'remind',
      by: 'hotline',
      automatic: true,
      faults: 3,
      follows: null,
    });
    expect(decided(rule(3, taken('remind')))).toMatchObject({ grade: 'rectify', follows: 'm1' });
    expect(rule(9, null, 'hotline')).toBeNull();
  });
});

describe('who may take one', () => {
  const code = (by: Actor, more: object = {}) => {
    const outcome = takeMeasure({ ...wanted, ...more }, null, names, setting(by));
    return isRefusal(outcome) ? outcome.code : outcome.measure.by;
  };

  test('whoever leads a unit above it, the hotline’s leaders and an inspector; in the name of their unit', () => {
    expect(code(head('district'))).toBe('district');
    expect(code(inspector)).toBe('hotline');
    expect(code(shiftLeader)).toBe('hotline');
    expect(code(centreLeader)).toBe('hotline');
    for (const by of [head('water'), head('street-a'), lights, clerk('district'), head('lights')])
      expect(code(by), by.name).toBe('not-in-command');
    expect(code(head('street-a'), { unit: 'community-a1' })).toBe('street-a');
  });

  test('422 without a demand, of a unit that is none, by a date that is over', () => {
    expect(code(inspector, { demand: ' ' })).toBe('demand-missing');
    expect(code(inspector, { unit: 'nobody' })).toBe('unit-unknown');
    expect(code(inspector, { rectifyBy: monday })).toBe('in-the-past');
  });
});
