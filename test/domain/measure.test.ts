import { expect, test } from 'vitest';
import type { Measure, Origin } from '../../src/domain/measure.ts';
import { measureOf } from '../../src/domain/measure.ts';
import { type Instant, instant } from '../../src/domain/time.ts';
import type { WorkOrder } from '../../src/domain/work-order.ts';
import { another, notReached, said } from '../support/kept.ts';
import {
  after,
  anOrder,
  asked,
  at,
  clerk,
  dispatcher,
  gridWorker,
  head,
  inside,
  monday,
  operator,
  registered,
  shiftLeader,
} from '../support/orders.ts';

const byHotline: Origin = { channel: 'hotline', requesterOf: new Map(), aside: 0 };
/** What the order counts for the unit that answers for it, or for this one. */
const counts = (order: WorkOrder, origin: Partial<Origin> = {}, unit = order.owner): Measure => {
  const row = measureOf(order, { ...byHotline, ...origin }).find((m) => m.unit === unit);
  if (row === undefined) throw new Error(`${unit} has no row`);
  return row;
};
const closed = anOrder('closed');
const day = (order: WorkOrder): Instant => order.clocks.findLast((c) => c.kind === 'resident')?.dueAt as Instant;

test('an order stands under its resident deadline, its place, its category and its channel', () => {
  expect(counts(anOrder('dispatched'))).toMatchObject({
    unit: 'lights',
    dueAt: instant('2026-03-09T23:59:59+08:00'),
    areaPath: ['C', 'D', 'DA', 'DA1', 'DA1g'],
    street: 'DA',
    community: 'DA1',
    grid: 'DA1g',
    category: 'city/light',
    channel: 'hotline',
    standing: 'assessed',
    orders: 1,
    requests: 1,
  });
});

test.each([
  ['registered', 'assessed'],
  ['handling', 'assessed'],
  ['suspended', 'assessed'],
  ['following_up', 'assessed'],
  ['closed', 'assessed'],
  ['rejected', 'not_accepted'],
  ['merged', 'merged'],
  ['void', 'void'],
  ['withdrawn', 'withdrawn'],
  ['referred', 'referred'],
  ['terminated', 'terminated'],
  ['answered', 'answered'],
] as const)('%s is %s, and stays so in the archive', (state, standing) => {
  const order = anOrder(state);
  expect(counts(order).standing).toBe(standing);
  if (order.endedAt === null) return;
  const { clocks: _, ...kept } = counts(order) as Measure & { clocks?: unknown };
  const archived = after(order, 'archive', {}, { as: { ...operator, system: true }, now: at('2026-06-01 09:00') });
  expect(counts(archived)).toEqual(kept);
});

test('nobody to ask: not assessed; an anonymous caller cannot say whether it was solved', () => {
  expect(counts(anOrder('handling', { reachable: false })).standing).toBe('not_asked');
  expect(counts(anOrder('closed', { reachable: false })).standing).toBe('not_asked');
});

test('what a grid worker found and its community handled itself never enters; the same for a caller does', () => {
  const evidence = ['before', 'after'].map((stage) => ({ attachmentId: 'photo', stage: stage as 'before' }));
  const litter = { category: 'city/litter', disposition: 'hold', placement: inside('DA1'), by: gridWorker } as const;
  const handled = (channel: string) =>
    after(
      registered({ ...litter, channel, reachable: channel === 'hotline' }).order,
      'self-handle',
      { text: 'swept', result: 'solved', evidence },
      { as: gridWorker },
    );
  const found = counts(handled('grid_worker'), { channel: 'grid_worker' });
  expect(found).toMatchObject({ standing: 'self_found', orders: 1, ended: 0, submittedInTime: 0, leads: 0 });
  expect(counts(handled('hotline'))).toMatchObject({ standing: 'assessed', orders: 1 });
});

test('the resident’s word says who was contacted in time; the unit’s log only where nobody was reached', () => {
  const by = (asked: Parameters<typeof another>[1]) => counts(another(closed, asked));
  expect(by([said()])).toMatchObject({ contactedByWord: 1, contactedByLog: 0, silent: 0 });
  expect(by([said({ contacted: false })])).toMatchObject({ contactedByWord: 0, contactedByLog: 0, silent: 0 });
  expect(by([notReached])).toMatchObject({ contactedByWord: 0, contactedByLog: 1, silent: 1, notReached: 1 });
  const late = {
    ...closed,
    clocks: closed.clocks.map((c) => (c.kind === 'contact' ? { ...c, dueAt: 0 as Instant } : c)),
  };
  expect(counts(another(late, [notReached]))).toMatchObject({ contactedByLog: 0, silent: 1 });
  expect(counts(another(late, [said()]))).toMatchObject({ contactedByWord: 1 });
});

test('a direct answer is assessed where a resident was asked about it; who gave it had talked with them', () => {
  const answered = anOrder('answered');
  const like = closed.followUps[0] as WorkOrder['followUps'][number];
  const drawn = (more: Partial<typeof like>): WorkOrder => ({
    ...answered,
    followUps: [{ ...like, occasion: 'answered', round: 1, ...more }],
  });
  expect(counts(drawn({ state: 'open', answer: null })).standing).toBe('answered');
  expect(counts(drawn(said()))).toMatchObject({
    standing: 'assessed',
    unit: 'hotline',
    reached: 1,
    contactedByWord: 1,
  });
  expect(counts(drawn(notReached))).toMatchObject({
    standing: 'assessed',
    silent: 1,
    contactedByLog: 1,
    firstContact: 1,
  });
});

test('after rework the last answer counts and the first stands beside; silence takes neither back', () => {
  const unsolved = said({ solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' });
  const once = counts(another(closed, [unsolved, { ...said(), round: 2 }]));
  expect(once).toMatchObject({
    reached: 1,
    solved: 1,
    satisfied: 1,
    dissatisfied: 0,
    firstSolved: 0,
    firstSatisfied: 0,
  });
  const silent = counts(another(closed, [unsolved, { ...notReached, round: 2 }]));
  expect(silent).toMatchObject({ reached: 1, notReached: 0, solved: 0, dissatisfied: 1 });
});

test('what was said when the limit had passed counts until the resident is heard about the work, whenever that was said', () => {
  const overdue = {
    ...said({ solved: 'no', satisfaction: 'dissatisfied', reason: 'slow' }),
    occasion: 'overdue' as const,
  };
  expect(counts(another(closed, [overdue]))).toMatchObject({ reached: 1, solved: 0, dissatisfied: 1 });
  for (const both of [
    [overdue, said()],
    [said(), overdue],
  ])
    expect(counts(another(closed, both))).toMatchObject({ reached: 1, solved: 1, satisfied: 1, firstSolved: 0 });
  expect(counts(another(closed, [overdue, notReached]))).toMatchObject({ reached: 1, notReached: 0, dissatisfied: 1 });
});

test('one rating per requester and matter: two requests of one person count once, two persons twice', () => {
  const two = another(closed, [said(), { ...said({ satisfaction: 'basically' }), request: 'second' }]);
  const [first] = two.followUps;
  const one = new Map([
    ['second', 'phone'],
    [first?.request ?? '', 'phone'],
  ]);
  expect(counts(two)).toMatchObject({ reached: 2, satisfied: 1, basically: 1 });
  expect(counts(two, { requesterOf: one })).toMatchObject({ reached: 1, satisfied: 0, basically: 1 });
});

test('an answer taken out of the count stands beside it, and no earlier one steps in; the order goes with its last answer', () => {
  const unsolved = said({ solved: 'no', satisfaction: 'dissatisfied', reason: 'policy' });
  const out = (order: WorkOrder, n: number): WorkOrder => ({
    ...order,
    approvals: [
      {
        ...(asked(
          anOrder('signed'),
          { kind: 'return', terms: { basis: 'x', proposedUnit: 'power' } },
          { as: clerk('lights') },
        ).approvals[0] as WorkOrder['approvals'][number]),
        kind: 'exclusion',
        state: 'granted',
        terms: { class: 'policy', followUp: order.followUps[n]?.id, evidence: 'law' },
      },
    ],
  });
  const alone = another(closed, [unsolved]);
  expect(counts(alone)).toMatchObject({ standing: 'assessed', reached: 1, excluded: 0, dissatisfied: 1 });
  expect(counts(out(alone, 0))).toMatchObject({
    standing: 'excluded',
    reached: 0,
    excluded: 1,
    dissatisfied: 0,
    contactedByWord: 0,
  });
  const twice = another(closed, [said(), { ...unsolved, round: 2 }]);
  expect(counts(out(twice, 1))).toMatchObject({ standing: 'excluded', reached: 0, excluded: 1, satisfied: 0 });
  expect(counts(out(twice, 0))).toMatchObject({ standing: 'assessed', reached: 1, excluded: 0, firstSolved: 0 });
  const two = another(closed, [unsolved, { ...said(), request: 'second' }]);
  expect(counts(out(two, 0))).toMatchObject({ standing: 'assessed', reached: 1, excluded: 1, satisfied: 1 });
});

test('an incident counts once with the answer in the middle, of two in the middle the worse; its requests stand beside', () => {
  const asked = (['very_satisfied', 'satisfied', 'dissatisfied', 'very_dissatisfied'] as const).map(
    (satisfaction, i) => ({
      ...said({ satisfaction, solved: i < 2 ? ('yes' as const) : ('no' as const) }),
      request: `r${i}`,
    }),
  );
  const incident = counts({ ...another(closed, asked), incident: 'i' }, { aside: 41 });
  expect(incident).toMatchObject({
    orders: 1,
    requests: 42,
    incidents: 1,
    incidentRequests: 42,
    reached: 1,
    dissatisfied: 1,
    solved: 0,
    notReached: 0,
  });
  const silent = counts({ ...another(closed, [notReached, { ...notReached, request: 'b' }]), incident: 'i' });
  expect(silent).toMatchObject({ reached: 0, notReached: 1 });
});

test('a granted return counts against whoever dispatched, a refused one against the unit that asked', () => {
  const order = anOrder('signed');
  const terms = { basis: 'not our lamp', proposedUnit: 'power' };
  const granted = asked(order, { kind: 'return', terms }, { as: clerk('lights') }, { as: dispatcher });
  expect(granted.owner).toBe('power');
  expect(counts(granted, {}, 'lights')).toMatchObject({
    standing: 'former',
    orders: 0,
    leads: 1,
    returnsGranted: 1,
    returnsRefused: 0,
    dispatches: 1,
    misdispatches: 1,
  });
  expect(counts(granted)).toMatchObject({
    unit: 'power',
    orders: 1,
    leads: 1,
    dispatches: 1,
    misdispatches: 0,
    hops: 1,
  });
  const refused = asked(order, { kind: 'return', terms }, { as: clerk('lights') }, { as: dispatcher, granted: false });
  expect(counts(refused)).toMatchObject({ returnsRefused: 1, returnsGranted: 0, dispatches: 1, misdispatches: 0 });
});

test('signed in time, signed by timeout, and a late mark that was lifted', () => {
  const dispatched = anOrder('dispatched');
  const due = dispatched.clocks.find((c) => c.kind === 'sign')?.dueAt as Instant;
  expect(counts(dispatched)).toMatchObject({ signedInTime: 0, signedLate: 0, signBy: due });
  expect(counts(anOrder('signed'))).toMatchObject({ signedInTime: 1, signedLate: 0, signBy: null });
  const system = { ...operator, system: true };
  const late = after(dispatched, 'sign_by_timeout', {}, { as: system, now: due });
  expect(counts(late)).toMatchObject({ signedInTime: 0, signedLate: 1 });
  const contest = { kind: 'late_mark' as const, terms: { mark: 'sign' as const, evidence: 'the line was down' } };
  const lifted = asked(late, contest, { as: clerk('lights'), now: due }, { as: shiftLeader, now: due });
  expect(counts(lifted)).toMatchObject({ signedInTime: 1, signedLate: 0 });
});

test('in time is the submission that passed; what is still owed is late once its limit has passed', () => {
  const handling = anOrder('handling');
  const due = handling.clocks.find((c) => c.kind === 'resolve')?.dueAt as Instant;
  expect(counts(handling)).toMatchObject({ submittedInTime: 0, submittedLate: 0, submitBy: due, handedIn: 0 });
  expect(counts(anOrder('submitted'))).toMatchObject({
    submittedInTime: 0,
    submittedLate: 0,
    submitBy: null,
    handedIn: 1,
  });
  expect(counts(closed)).toMatchObject({ submittedInTime: 1, submittedLate: 0, submitBy: null, reworked: 0, ended: 1 });
  const rework = anOrder('rework');
  expect(counts(rework)).toMatchObject({ submittedInTime: 0, submitBy: due, reworked: 1, handedIn: 1 });
  const done = { result: 'solved', text: 'mended', evidence: [{ text: 'photo' }], requesterTold: true } as const;
  const late = after(handling, 'submit', done, { as: head('lights'), now: at('2026-03-20 09:00') });
  const passed = after(late, 'review', { passed: true }, { as: operator, now: at('2026-03-20 10:00') });
  const verified = after(passed, 'verify', { passed: true }, { as: gridWorker, now: at('2026-03-20 11:00') });
  expect(counts(verified)).toMatchObject({ submittedInTime: 0, submittedLate: 1, submitBy: null });
});

test('N2 hops are changes of the lead before anything was done; who passes on untouched is told (二传手)', () => {
  const atDistrict = registered({ category: 'city/flood' }).order;
  expect(atDistrict.owner).toBe('district');
  const down = after(atDistrict, 'pass-down', { unit: 'water' }, { as: clerk('district') });
  expect(counts(down)).toMatchObject({ unit: 'water', hops: 1, leads: 1, passedOn: 0 });
  expect(counts(down, {}, 'district')).toMatchObject({ leads: 1, passedOn: 1 });
  const signed = after(down, 'sign', {}, { as: clerk('water') });
  const acted = after(
    signed,
    'contact',
    { how: 'phone', whom: 'resident', outcome: 'no_answer' },
    { as: clerk('water') },
  );
  const later = { as: dispatcher, now: at('2026-03-02 10:00') };
  const moved = asked(
    acted,
    { kind: 'return', terms: { basis: 'not ours', proposedUnit: 'lights' } },
    { as: clerk('water') },
    later,
  );
  expect(counts(moved)).toMatchObject({ unit: 'lights', hops: 1 });
});

test('L24 upper-level tasks are counted apart from residents’ requests; first-contact answers are told', () => {
  expect(counts(anOrder('handling'), { channel: 'upper_level' }).upperLevel).toBe(1);
  expect(counts(anOrder('handling')).upperLevel).toBe(0);
  expect(counts(anOrder('answered'))).toMatchObject({ firstContact: 1, ended: 1, unit: 'hotline', dispatched: 0 });
});

test('the same order always counts the same, and its deadline does not follow an extension', () => {
  const handling = anOrder('handling');
  const extension = { kind: 'extension' as const, terms: { dueAt: at('2026-03-12 18:00') } };
  const extended = asked(handling, extension, { as: clerk('lights') }, { as: shiftLeader });
  expect(counts(extended)).toMatchObject({ extended: 1, dueAt: day(handling), submitBy: at('2026-03-12 18:00') });
  expect(measureOf(extended, byHotline)).toEqual(measureOf(structuredClone(extended), byHotline));
  expect(monday).toBeLessThan(day(handling));
});
