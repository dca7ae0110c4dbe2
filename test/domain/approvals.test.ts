import { describe, expect, test } from 'vitest';
import { type Approval, type ApprovalKind, type ApprovalTerms, approvalKinds } from '../../src/domain/approval.ts';
import { ask, lapse, rule, takeBack } from '../../src/domain/approvals.ts';
import { type Decision, decide } from '../../src/domain/decide.ts';
import type { Verdict } from '../../src/domain/granting.ts';
import { liftedMarks } from '../../src/domain/late-mark.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import type { Instant } from '../../src/domain/time.ts';
import {
  type Actor,
  isEnd,
  type OrderClock,
  type State,
  states,
  theSystem,
  type WorkOrder,
} from '../../src/domain/work-order.ts';
import {
  after,
  anOrder,
  at,
  centreLeader,
  city,
  clerk,
  dispatcher,
  everybody,
  granted,
  head,
  monday,
  nowhere,
  operator,
  resident,
  shiftLeader,
} from '../support/orders.ts';

/** An exclusion is decided by several who are drawn, and has tests of its own. */
type OneDecides = Exclude<ApprovalKind, 'exclusion'>;
const oneDecides = approvalKinds.filter((kind): kind is OneDecides => kind !== 'exclusion');

const setting = (actor: Actor, now: Instant = monday) => ({ city, now, actor });
const noon = at('2026-03-02 12:00');

/** What each kind says when it says enough; the unit `lights` of the district asks unless somebody else may. */
const terms: { [K in OneDecides]: ApprovalTerms } = {
  return: { basis: 'not our lamp', proposedUnit: 'water' },
  dispute: { basis: 'not our lamp', proposedUnit: 'water' },
  extension: { dueAt: at('2026-03-12 18:00') },
  suspension: { cause: 'force_majeure', until: at('2026-03-12 18:00') },
  on_account: { plan: 'with the road works', cause: 'season_or_engineering', until: at('2026-04-30 18:00') },
  hand_over: { unit: 'enforcement', power: 'fines' },
  termination: { explanation: 'in court' },
  rejection: { class: 'outside_the_city', explanation: 'ask the neighbours' },
  objection: {},
  late_mark: { mark: 'sign', evidence: 'the platform was away' },
};
const usualState: { [K in OneDecides]: State } = {
  return: 'signed',
  dispute: 'handling',
  extension: 'handling',
  suspension: 'handling',
  on_account: 'handling',
  hand_over: 'handling',
  termination: 'handling',
  rejection: 'registered',
  objection: 'closed',
  late_mark: 'closed',
};
const askerOf = (kind: OneDecides, order: WorkOrder): Actor =>
  kind === 'rejection' || kind === 'objection' ? operator : clerk(kind === 'late_mark' ? 'lights' : order.owner);

/** An order on which what the kind is about has happened: the lights were signed by timeout. */
const orderFor = (kind: OneDecides, state: State): WorkOrder => {
  const order = anOrder(state);
  if (kind !== 'late_mark') return order;
  const sign = anOrder('dispatched').clocks.find((c) => c.kind === 'sign') as OrderClock;
  const seq = order.seq + 1;
  const late: OrderClock = { ...sign, seq, state: 'stopped', stoppedAt: monday, stopCause: 'sign_by_timeout' };
  return { ...order, seq, clocks: [...order.clocks, late] };
};

const asking = (
  order: WorkOrder,
  kind: OneDecides,
  { as = askerOf(kind, order), now, ...more }: { as?: Actor; now?: Instant } & ApprovalTerms = {},
): Decision | Refusal => ask(order, { kind, reason: 'because', terms: { ...terms[kind], ...more } }, setting(as, now));
const asked = (order: WorkOrder, kind: OneDecides, more: Parameters<typeof asking>[2] = {}): WorkOrder =>
  granted(asking(order, kind, more)).order;
const usual = (kind: OneDecides): WorkOrder => asked(orderFor(kind, usualState[kind]), kind);

const last = ({ approvals }: WorkOrder): Approval => approvals.at(-1) as Approval;
const ruling = (order: WorkOrder, as: Actor, verdict: Partial<Verdict> = {}, now: Instant = monday) =>
  rule(order, last(order).id, { granted: true, reason: 'so decided', ...verdict }, setting(as, now));
const ruled = (...of: Parameters<typeof ruling>): WorkOrder => granted(ruling(...of)).order;
const lapsed = (order: WorkOrder, now: Instant = noon): WorkOrder =>
  lapse(order, last(order).id, setting(theSystem, now)).order;
const code = (outcome: Decision | Refusal): string | null => (outcome.kind === 'refused' ? outcome.code : null);
const clocksOf = (order: WorkOrder, kind: string) => order.clocks.filter((c) => c.kind === kind);
const clock = (order: WorkOrder, kind: string) => clocksOf(order, kind).at(-1);

/** Returned once by the first unit, and signed by the second. */
const returnedOnce = (): WorkOrder => {
  const second = ruled(asked(anOrder('signed'), 'return'), dispatcher);
  return after(second, 'sign', {}, { as: clerk('water') });
};

describe('where and by whom each kind may be asked', () => {
  const from: { [K in OneDecides]: readonly State[] } = {
    return: ['dispatched', 'signed', 'handling'],
    dispute: ['dispatched', 'signed', 'handling', 'rework', 'suspended', 'on_account'],
    extension: ['dispatched', 'signed', 'handling'],
    suspension: ['handling'],
    on_account: ['handling', 'on_account'],
    hand_over: ['signed', 'handling'],
    termination: ['signed', 'handling', 'rework', 'suspended', 'on_account'],
    rejection: ['registered', 'accepted'],
    objection: ['closed', 'rejected', 'answered', 'terminated'],
    late_mark: states.filter((state) => state !== 'archived'),
  };
  test.each(oneDecides)('%s: in these states and in no other, told what may be done instead', (kind) => {
    for (const state of states) {
      const order = orderFor(kind, state);
      const outcome = asking(order, kind);
      if (from[kind].includes(state)) expect(code(outcome), state).toBeNull();
      else
        expect(outcome, state).toMatchObject({
          code: 'wrong-state',
          details: { state, allowedActions: expect.any(Array) },
        });
    }
  });
  test.each(oneDecides)('%s: by its askers and by nobody else', (kind) => {
    const order = orderFor(kind, usualState[kind]);
    const may = everybody.filter((as) => code(asking(order, kind, { as })) === null);
    const who =
      kind === 'rejection'
        ? [operator]
        : kind === 'objection'
          ? [operator, resident]
          : [clerk('lights'), head('lights')];
    expect(may.map((a) => a.name).toSorted()).toEqual(who.map((a) => a.name).toSorted());
  });
  test.each(oneDecides)('%s: not twice at once, and not without a reason', (kind) => {
    expect(code(asking(usual(kind), kind))).toBe('pending-already');
    const order = orderFor(kind, usualState[kind]);
    const blank = ask(order, { kind, reason: ' ', terms: terms[kind] }, setting(askerOf(kind, order)));
    expect(code(blank)).toBe('reason-missing');
  });
  test.each(oneDecides)('%s: asking leaves the state, the owner and the version as they are', (kind) => {
    const order = orderFor(kind, usualState[kind]);
    const after = asked(order, kind);
    expect(after).toMatchObject({ state: order.state, owner: order.owner, version: order.version });
    expect(after.clocks.filter((c) => c.about === last(after).id)).toMatchObject([{ state: 'running' }]);
  });
});

describe('what keeps it from being asked', () => {
  const designated = () =>
    after(
      ruled(asked(anOrder('handling'), 'dispute'), head('district'), { unit: 'water' }),
      'sign',
      {},
      { as: clerk('water') },
    );
  const nextDay = at('2026-03-03 18:00');
  const tooLate = at('2026-03-04 09:00');
  const noted = (mark: 'make_safe' | 'site_visit', order: WorkOrder, now: Instant = monday) =>
    after(order, 'note', { text: 'seen', public: false, mark }, { as: clerk(order.owner), now });
  const wires = () => anOrder('signed', { category: 'city/wires' });
  const extended = (order: WorkOrder, by: Actor, dueAt: Instant) => ruled(asked(order, 'extension', { dueAt }), by);
  const twice = () =>
    extended(extended(anOrder('handling'), shiftLeader, at('2026-03-12 18:00')), centreLeader, at('2026-03-20 18:00'));

  test.each<[string, () => Decision | Refusal, string | null]>([
    [
      'a return up to the end of the next working day',
      () => asking(anOrder('signed'), 'return', { now: nextDay }),
      null,
    ],
    ['a return after it', () => asking(anOrder('signed'), 'return', { now: tooLate }), 'return-late'],
    ['a return without a basis', () => asking(anOrder('signed'), 'return', { basis: ' ' }), 'basis-missing'],
    ['a return to nobody', () => asking(anOrder('signed'), 'return', { proposedUnit: 'x' }), 'unit-unknown'],
    ['a return to oneself', () => asking(anOrder('signed'), 'return', { proposedUnit: 'lights' }), 'same-unit'],
    ['a return by a designated unit', () => asking(designated(), 'return', { proposedUnit: 'lights' }), 'designated'],
    [
      'a second return by the same unit',
      () => asking(ruled(asked(anOrder('signed'), 'return'), dispatcher, { granted: false }), 'return'),
      'returned-before',
    ],
    ['a return of loose wires before they are safe', () => asking(wires(), 'return'), 'make-safe-first'],
    ['the same once they are', () => asking(noted('make_safe', wires()), 'return'), null],
    ['a dispute within the return limit', () => asking(anOrder('handling'), 'dispute', { now: nextDay }), null],
    ['a dispute after it', () => asking(anOrder('handling'), 'dispute', { now: tooLate }), 'dispute-late'],
    [
      'a dispute one working day after a visit',
      () => asking(noted('site_visit', anOrder('handling'), tooLate), 'dispute', { now: at('2026-03-05 18:00') }),
      null,
    ],
    [
      'a dispute later than that',
      () => asking(noted('site_visit', anOrder('handling'), tooLate), 'dispute', { now: at('2026-03-06 09:00') }),
      'dispute-late',
    ],
    ['a dispute by a designated unit', () => asking(designated(), 'dispute', { proposedUnit: 'lights' }), null],
    [
      'an extension to an earlier date',
      () => asking(anOrder('handling'), 'extension', { dueAt: nextDay }),
      'not-later',
    ],
    [
      'an extension beyond twice the limit',
      () => asking(anOrder('handling'), 'extension', { dueAt: at('2026-03-17 09:00') }),
      'too-long',
    ],
    [
      'an extension on the last working day',
      () => asking(anOrder('handling'), 'extension', { now: at('2026-03-09 10:00') }),
      'extension-late',
    ],
    [
      'an extension one working day before',
      () => asking(anOrder('handling'), 'extension', { now: at('2026-03-06 17:00') }),
      null,
    ],
    [
      'an extension of an emergency',
      () => asking(anOrder('handling', { urgency: 'emergency' }), 'extension'),
      'emergency-never',
    ],
    ['a third extension', () => asking(twice(), 'extension', { dueAt: at('2026-03-31 18:00') }), 'extensions-used'],
    [
      'a suspension for no listed cause',
      () => asking(anOrder('handling'), 'suspension', { cause: undefined }),
      'cause-not-listed',
    ],
    [
      'a suspension of more than thirty days',
      () => asking(anOrder('handling'), 'suspension', { until: at('2026-04-10 09:00') }),
      'too-long',
    ],
    ['a suspension until yesterday', () => asking(anOrder('handling'), 'suspension', { until: monday }), 'in-the-past'],
    ['on account without a plan', () => asking(anOrder('handling'), 'on_account', { plan: '' }), 'basis-missing'],
    [
      'on account for more than ninety days',
      () => asking(anOrder('handling'), 'on_account', { until: at('2026-06-20 09:00') }),
      'too-long',
    ],
    [
      'on account because the resident is awaited',
      () => asking(anOrder('handling'), 'on_account', { cause: 'waiting_for_requester' }),
      'cause-not-listed',
    ],
    ['a hand-over without the power', () => asking(anOrder('handling'), 'hand_over', { power: '' }), 'basis-missing'],
    ['a hand-over to nobody', () => asking(anOrder('handling'), 'hand_over', { unit: 'x' }), 'unit-unknown'],
    ['a hand-over to oneself', () => asking(anOrder('handling'), 'hand_over', { unit: 'lights' }), 'same-unit'],
    [
      'a termination unexplained',
      () => asking(anOrder('handling'), 'termination', { explanation: '' }),
      'explanation-missing',
    ],
    [
      'a rejection unexplained',
      () => asking(anOrder('registered'), 'rejection', { explanation: '' }),
      'explanation-missing',
    ],
    [
      'a rejection of no class',
      () => asking(anOrder('registered'), 'rejection', { class: undefined }),
      'explanation-missing',
    ],
    [
      'an objection on the fifteenth day',
      () => asking(anOrder('closed'), 'objection', { now: at('2026-03-17 23:59') }),
      null,
    ],
    [
      'an objection after it',
      () => asking(anOrder('closed'), 'objection', { now: at('2026-03-18 00:01') }),
      'requester-window',
    ],
  ])('%s', (_title, outcome, expected) => {
    expect(code(outcome())).toBe(expected);
  });

  test('on account is renewed while it lasts, from where it ends, and once', () => {
    const first = anOrder('on_account');
    expect(code(asking(first, 'on_account', { until: at('2026-03-20 18:00') }))).toBe('not-later');
    const renewed = ruled(asked(first, 'on_account', { until: at('2026-06-18 18:00') }), head('district'));
    expect(renewed.state).toBe('on_account');
    expect(clock(renewed, 'pause_end')).toMatchObject({ state: 'running', dueAt: at('2026-06-18 18:00') });
    expect(clock(renewed, 'resolve')?.pauses).toMatchObject([
      { to: monday },
      { to: null, until: at('2026-06-18 18:00') },
    ]);
    expect(clocksOf(renewed, 'on_account_review').filter((c) => c.state === 'running')).toHaveLength(1);
    expect(code(asking(renewed, 'on_account', { until: at('2026-09-01 18:00') }))).toBe('extensions-used');
  });

  test('on account is renewed once, also after it was brought back', () => {
    const again = (order: WorkOrder) => after(order, 'restore', {}, { as: clerk('lights') });
    const once = again(anOrder('on_account'));
    const renewed = again(ruled(asked(once, 'on_account'), head('district')));
    expect(code(asking(renewed, 'on_account'))).toBe('extensions-used');
  });
});

describe('a late mark contested (迟办认定申诉)', () => {
  const limit = at('2026-03-02 14:00');
  const byTimeout = (): WorkOrder => after(anOrder('dispatched'), 'sign_by_timeout', {}, { as: theSystem, now: limit });
  const submittedAt = (now: Instant): WorkOrder => {
    const said = { result: 'solved', text: '', evidence: [{ text: 'lit' }], requesterTold: true } as const;
    return after(anOrder('handling'), 'submit', said, { as: clerk('lights'), now });
  };
  const assisted = (): WorkOrder =>
    after(anOrder('handling'), 'assist', { unit: 'water', task: 'pump' }, { as: dispatcher });
  const resolveDue = at('2026-03-09 23:59');
  const evening = at('2026-03-05 18:00');

  test.each<[string, () => Decision | Refusal, string | null]>([
    ['a signing by timeout, three working days later', () => asking(byTimeout(), 'late_mark', { now: evening }), null],
    [
      'the same on the morning after them',
      () => asking(byTimeout(), 'late_mark', { now: at('2026-03-06 09:00') }),
      'contest-late',
    ],
    ['a signing in time', () => asking(anOrder('signed'), 'late_mark', { now: evening }), 'not-late'],
    [
      'a resolve limit that runs past its end, however long ago that was',
      () => asking(anOrder('handling'), 'late_mark', { mark: 'resolve', now: at('2026-04-20 10:00') }),
      null,
    ],
    [
      'the same within its limit',
      () => asking(anOrder('handling'), 'late_mark', { mark: 'resolve', now: resolveDue }),
      'not-late',
    ],
    [
      'a late submission',
      () => asking(submittedAt(at('2026-03-10 10:00')), 'late_mark', { mark: 'resolve', now: at('2026-03-13 18:00') }),
      null,
    ],
    [
      'a submission in time',
      () => asking(submittedAt(resolveDue), 'late_mark', { mark: 'resolve', now: at('2026-03-10 10:00') }),
      'not-late',
    ],
    [
      'an overdue assist, by the unit that assists',
      () => asking(assisted(), 'late_mark', { as: clerk('water'), mark: 'assist', now: resolveDue }),
      null,
    ],
    [
      'an overdue assist, by the lead',
      () => asking(assisted(), 'late_mark', { mark: 'assist', now: resolveDue }),
      'not-late',
    ],
    [
      'another assist than its own',
      () => asking(assisted(), 'late_mark', { as: clerk('water'), mark: 'assist', assist: 'x', now: resolveDue }),
      'not-late',
    ],
    ['without evidence', () => asking(byTimeout(), 'late_mark', { evidence: ' ', now: evening }), 'evidence-missing'],
    [
      'a mark that stayed when it was contested',
      () =>
        asking(ruled(asked(byTimeout(), 'late_mark', { now: limit }), shiftLeader, { granted: false }), 'late_mark', {
          now: evening,
        }),
      'contested-before',
    ],
    [
      'by a unit that never had anything to do',
      () => asking(byTimeout(), 'late_mark', { as: clerk('power'), now: evening }),
      'not-yours',
    ],
    ['by the hotline', () => asking(byTimeout(), 'late_mark', { as: operator, now: evening }), 'not-yours'],
  ])('%s', (_title, outcome, expected) => {
    expect(code(outcome())).toBe(expected);
  });

  test('of one order several may wait, each about its own clock, also for a unit that leads no more', () => {
    const now = at('2026-03-10 10:00');
    const order = { ...byTimeout(), owner: 'power' };
    const both = (['sign', 'resolve', 'contact'] as const).reduce(
      (o, mark) => asked(o, 'late_mark', { as: clerk('lights'), mark, now: mark === 'sign' ? evening : now }),
      order,
    );
    expect(both.approvals.map((a) => [a.terms.mark, a.state])).toEqual([
      ['sign', 'pending'],
      ['resolve', 'pending'],
      ['contact', 'pending'],
    ]);
    expect(new Set(both.approvals.map((a) => a.terms.clock)).size).toBe(3);
  });

  test('granted it is lifted with the reason, and what the clock counted stays as it was', () => {
    const order = byTimeout();
    const outcome = granted(ruling(asked(order, 'late_mark', { now: limit }), shiftLeader));
    const { seq } = clock(order, 'sign') ?? {};
    expect(liftedMarks(outcome.order)).toEqual([
      { mark: 'sign', unit: 'lights', clock: seq, reason: 'so decided', approval: last(outcome.order).id },
    ]);
    expect(outcome.order.signedLate).toBe(true);
    expect(clock(outcome.order, 'sign')).toEqual(clock(order, 'sign'));
    expect(outcome.facts.map((f) => [f.type, f.unit])).toEqual([
      ['approval_granted', null],
      ['late_mark_lifted', 'lights'],
    ]);
    expect(liftedMarks(ruled(asked(order, 'late_mark', { now: limit }), shiftLeader, { granted: false }))).toEqual([]);
  });
});

describe('who decides', () => {
  const byStreet = () => anOrder('handling', { category: 'city/hawkers' });
  const role = (r: string) => ({ role: r, unit: null });
  const unit = (u: string) => ({ role: null, unit: u });
  test.each<[string, () => WorkOrder, object]>([
    ['the first return: the dispatcher', () => usual('return'), role('dispatcher')],
    [
      'the second on the matter: who commands both units',
      () => asked(returnedOnce(), 'return', { proposedUnit: 'lights' }),
      unit('district'),
    ],
    [
      'the second, to a unit of the city: the city',
      () => asked(returnedOnce(), 'return', { proposedUnit: 'power' }),
      unit('hotline'),
    ],
    ['a dispute: who commands both units', () => usual('dispute'), unit('district')],
    [
      'a dispute inside a street: the street',
      () => asked(anOrder('handling', { category: 'city/litter' }), 'dispute', { proposedUnit: 'enforcement-a' }),
      unit('street-a'),
    ],
    ['a first extension: the shift leader', () => usual('extension'), role('shift_leader')],
    [
      'a second: the centre leader',
      () => asked(ruled(usual('extension'), shiftLeader), 'extension', { dueAt: at('2026-03-25 18:00') }),
      role('centre_leader'),
    ],
    ['a suspension: the dispatcher', () => usual('suspension'), role('dispatcher')],
    ['on account: one level above', () => usual('on_account'), unit('district')],
    ['a hand-over: the street of the place', () => usual('hand_over'), unit('street-a')],
    ['a hand-over asked by a street: the dispatcher', () => asked(byStreet(), 'hand_over'), role('dispatcher')],
    [
      'a hand-over of what is nowhere: the dispatcher',
      () => asked(anOrder('handling', { category: 'people/pension', placement: nowhere }), 'hand_over'),
      role('dispatcher'),
    ],
    ['a termination: the shift leader', () => usual('termination'), role('shift_leader')],
    ['a rejection: the shift leader', () => usual('rejection'), role('shift_leader')],
    ['an objection: the centre leader', () => usual('objection'), role('centre_leader')],
    ['a late mark: the shift leader', () => usual('late_mark'), role('shift_leader')],
  ])('%s', (_title, order, decider) => {
    expect(last(order()).decider).toEqual(decider);
  });

  test('a designated unit appeals to the level above its arbiter', () => {
    const order = ruled(usual('dispute'), head('district'), { unit: 'water' });
    expect(last(asked(order, 'dispute', { proposedUnit: 'lights' })).decider).toEqual(unit('hotline'));
  });

  test.each(oneDecides)('%s: its deciders and nobody else', (kind) => {
    const order = usual(kind);
    const { decider } = last(order);
    const may = everybody.filter((as) => code(ruling(order, as, { granted: false })) === null).map((a) => a.name);
    const leaders: Record<string, readonly Actor[]> = {
      dispatcher: [dispatcher],
      shift_leader: [shiftLeader],
      centre_leader: [centreLeader],
    };
    expect(may).toEqual((leaders[decider.role ?? ''] ?? [head(decider.unit ?? '')]).map((a) => a.name));
  });

  test('nobody decides what they asked, whatever else they may', () => {
    const both: Actor = { ...operator, roles: ['operator', 'shift_leader', 'centre_leader'] };
    for (const kind of ['rejection', 'objection'] as const) {
      const order = asked(anOrder(usualState[kind]), kind, { as: both });
      expect(code(ruling(order, both))).toBe('own-request');
      // A name is only said: behind the same client it may be the same person.
      expect(code(ruling(order, { ...both, name: 'somebody else' }))).toBe('own-request');
      expect(code(ruling(order, { ...both, client: 'another', name: 'somebody else' }))).toBeNull();
    }
  });

  test('a decision needs a reason, and comes once', () => {
    const order = usual('suspension');
    expect(code(ruling(order, dispatcher, { reason: '  ' }))).toBe('reason-missing');
    expect(code(ruling(ruled(order, dispatcher), dispatcher))).toBe('not-pending');
    expect(code(rule(order, 'no such', { granted: true, reason: 'x' }, setting(dispatcher)))).toBe('not-found');
  });
});

describe('what a granted one does', () => {
  test.each<[OneDecides, State, Actor, State, string]>([
    ['return', 'dispatched', dispatcher, 'dispatched', 'water'],
    ['return', 'signed', dispatcher, 'dispatched', 'water'],
    ['return', 'handling', dispatcher, 'dispatched', 'water'],
    ['dispute', 'handling', head('district'), 'dispatched', 'water'],
    ['dispute', 'rework', head('district'), 'dispatched', 'water'],
    ['dispute', 'suspended', head('district'), 'dispatched', 'water'],
    ['dispute', 'on_account', head('district'), 'dispatched', 'water'],
    ['extension', 'handling', shiftLeader, 'handling', 'lights'],
    ['suspension', 'handling', dispatcher, 'suspended', 'lights'],
    ['on_account', 'handling', head('district'), 'on_account', 'lights'],
    ['hand_over', 'signed', head('street-a'), 'dispatched', 'enforcement'],
    ['hand_over', 'handling', head('street-a'), 'dispatched', 'enforcement'],
    ['termination', 'signed', shiftLeader, 'terminated', 'lights'],
    ['termination', 'handling', shiftLeader, 'terminated', 'lights'],
    ['termination', 'rework', shiftLeader, 'terminated', 'lights'],
    ['termination', 'suspended', shiftLeader, 'terminated', 'lights'],
    ['termination', 'on_account', shiftLeader, 'terminated', 'lights'],
    ['rejection', 'registered', shiftLeader, 'rejected', 'hotline'],
    ['rejection', 'accepted', shiftLeader, 'rejected', 'hotline'],
    ['objection', 'closed', centreLeader, 'rework', 'lights'],
    ['objection', 'rejected', centreLeader, 'accepted', 'hotline'],
    ['objection', 'answered', centreLeader, 'accepted', 'hotline'],
    ['objection', 'terminated', centreLeader, 'handling', 'lights'],
    ['late_mark', 'handling', shiftLeader, 'handling', 'lights'],
    ['late_mark', 'closed', shiftLeader, 'closed', 'lights'],
  ])('%s in %s, by %o: %s, led by %s', (kind, state, by, to, owner) => {
    const before = orderFor(kind, state);
    const order = ruled(asked(before, kind), by);
    expect(order).toMatchObject({ state: to, owner });
    expect(order.version > before.version).toBe(to !== state || owner !== before.owner);
    expect(last(order)).toMatchObject({
      state: 'granted',
      decidedBy: by.name,
      decidedAt: monday,
      decisionReason: 'so decided',
    });
    expect(order.clocks.find((c) => c.about === last(order).id)).toMatchObject({
      state: 'stopped',
      stopCause: 'granted',
    });
    const open = order.assignments.filter((a) => a.to === null);
    expect(open.map((a) => a.unit)).toEqual(isEnd(to) ? [] : [owner]);
  });

  test('a return strikes the time since it was asked from the clocks of whoever asked, first or second', () => {
    const two = at('2026-03-02 14:00');
    const first = ruled(asked(anOrder('signed'), 'return'), dispatcher, {}, two);
    expect(clocksOf(first, 'resolve')).toMatchObject([
      { unit: 'lights', state: 'stopped', pauses: [{ from: monday, to: two, reason: 'return_granted' }] },
      { unit: 'water', state: 'running', startedAt: two, pauses: [] },
    ]);
    const second = asked(after(first, 'sign', {}, { as: clerk('water'), now: two }), 'return', {
      proposedUnit: 'lights',
      now: two,
    });
    const four = at('2026-03-02 16:00');
    expect(clocksOf(ruled(second, head('district'), {}, four), 'resolve')[1]).toMatchObject({
      unit: 'water',
      pauses: [{ from: two, to: four, reason: 'return_granted' }],
    });
  });

  test('a return does not touch the resident clock, and opens the repair of the directory', () => {
    const before = asked(anOrder('signed'), 'return');
    const outcome = granted(ruling(before, dispatcher, {}, noon));
    expect(clock(outcome.order, 'resident')).toEqual(clock(before, 'resident'));
    expect(outcome.facts.find((f) => f.type === 'directory_repair')?.body).toMatchObject({
      category: 'city/light',
      from: 'lights',
      to: 'water',
    });
  });

  test('the decider may name another unit than the one proposed', () => {
    expect(ruled(usual('return'), dispatcher, { unit: 'power', basis: 'a street of the city' })).toMatchObject({
      owner: 'power',
      designated: false,
      assignments: expect.arrayContaining([
        expect.objectContaining({ unit: 'power', basis: 'a street of the city', cause: 'returned' }),
      ]),
    });
  });

  test('the second return and a dispute designate, on the arbiter’s own words', () => {
    for (const waiting of [asked(returnedOnce(), 'return', { proposedUnit: 'lights' }), usual('dispute')]) {
      const order = ruled(waiting, head('district'), { unit: 'enforcement' });
      expect(order).toMatchObject({ state: 'dispatched', owner: 'enforcement', designated: true });
      expect(order.assignments.at(-1)).toMatchObject({ cause: 'designated', basis: 'so decided' });
      expect(code(asking(order, 'return'))).toBe('designated');
    }
  });

  test('a dispute pauses nothing and keeps nothing from being done', () => {
    const waiting = usual('dispute');
    const before = anOrder('handling');
    expect(waiting.clocks.filter((c) => c.about === null)).toEqual(before.clocks);
    const said = { result: 'solved', text: '', evidence: [{ text: 'lit' }], requesterTold: true } as const;
    expect(after(waiting, 'submit', said, { as: clerk('lights') }).state).toBe('submitted');
  });

  test('an extension moves the unit’s clock and never the resident’s', () => {
    const order = ruled(usual('extension'), shiftLeader);
    expect(clock(order, 'resolve')?.dueAt).toBe(at('2026-03-12 18:00'));
    expect(clock(order, 'resident')).toEqual(clock(anOrder('handling'), 'resident'));
  });

  test('an extension is counted for the unit whose clock it moved', () => {
    const extended = ruled(usual('extension'), shiftLeader);
    const other = ruled(asked(extended, 'dispute'), head('district'));
    expect(last(asked(other, 'extension')).decider.role).toBe('shift_leader');
  });

  test.each([
    ['waiting_for_requester', ['resident', 'resolve']],
    ['force_majeure', ['resolve']],
    ['legal_process', ['resolve']],
  ] as const)('suspended for %s: the clocks %j stand still', (cause, still) => {
    const order = ruled(asked(anOrder('handling'), 'suspension', { cause }), dispatcher, {}, noon);
    expect(
      order.clocks
        .filter((c) => c.state === 'paused')
        .map((c) => c.kind)
        .toSorted(),
    ).toEqual(still);
    expect(clock(order, 'pause_end')).toMatchObject({ state: 'running', dueAt: terms.suspension.until });
    const resumed = after(order, 'resume', {}, { as: clerk('lights'), now: at('2026-03-03 12:00') });
    expect(resumed.clocks.some((c) => c.state === 'paused')).toBe(false);
    expect(clock(resumed, 'pause_end')?.state).toBe('stopped');
  });

  test('on account: the unit’s clock stands, the resident’s runs, and it comes back at its date or by its review', () => {
    const order = ruled(usual('on_account'), head('district'));
    expect(order.clocks.filter((c) => c.state === 'paused').map((c) => c.kind)).toEqual(['resolve']);
    expect(clock(order, 'pause_end')).toMatchObject({ dueAt: terms.on_account.until });
    expect(clock(order, 'on_account_review')).toMatchObject({ state: 'running' });
  });

  test('a hand-over leaves whoever found it watching', () => {
    const order = ruled(usual('hand_over'), head('street-a'));
    expect(order.watchers).toContainEqual(expect.objectContaining({ unit: 'lights', why: 'finder' }));
    expect(order.assignments.at(-1)).toMatchObject({ cause: 'handed_over', basis: 'fines' });
  });

  test('an objection restores the resident’s clock, and from a termination the unit’s too', () => {
    for (const state of ['closed', 'rejected', 'answered', 'terminated'] as const) {
      const order = ruled(asked(anOrder(state), 'objection'), centreLeader, {}, noon);
      expect(clock(order, 'resident'), state).toMatchObject({ state: 'running', startedAt: monday });
      if (state === 'terminated')
        expect(clock(order, 'resolve')).toMatchObject({ state: 'running', startedAt: monday });
      if (state === 'closed') expect(clock(order, 'rework')?.state).toBe('running');
      expect(order.endedAt).toBeNull();
    }
  });

  test('a pause granted only after its end is refused, and the approval waits on', () => {
    const late = at('2026-03-13 09:00');
    expect(code(ruling(usual('suspension'), dispatcher, {}, late))).toBe('in-the-past');
  });

  test('what the duty lists forbid is refused, and nothing of the decision holds', () => {
    const order = { ...usual('dispute'), category: 'city/building' };
    expect(code(ruling(order, head('district'), { unit: 'street-a' }))).toBe('off-duty-list');
    expect(code(ruling(order, head('district'), { unit: 'community-a1' }))).toBe('administrative-act');
  });
});

describe('what else ends one', () => {
  test.each(oneDecides)('%s refused: the order is as it was', (kind) => {
    const waiting = usual(kind);
    const order = ruled(waiting, deciderOf(waiting), { granted: false });
    expect(last(order)).toMatchObject({ state: 'refused', decisionReason: 'so decided' });
    expect({ ...order, approvals: [], clocks: [] }).toEqual({ ...waiting, approvals: [], clocks: [] });
    expect(order.clocks.find((c) => c.about === last(order).id)?.state).toBe('stopped');
  });

  test.each(oneDecides)('%s withdrawn: by whoever asked and by nobody else', (kind) => {
    const waiting = usual(kind);
    const back = (as: Actor) => takeBack(waiting, last(waiting).id, setting(as));
    const order = granted(back(askerOf(kind, waiting))).order;
    expect(last(order)).toMatchObject({ state: 'withdrawn' });
    expect(order.clocks.find((c) => c.about === last(order).id)?.state).toBe('stopped');
    expect(code(back(resident))).toBe('not-yours');
    expect(code(back({ ...clerk('power'), name: askerOf(kind, waiting).name }))).toBe('not-yours');
    expect(code(takeBack(order, last(order).id, setting(askerOf(kind, waiting))))).toBe('not-pending');
  });

  const ladders: { [K in OneDecides]: readonly (readonly [role: string | null, unit: string | null])[] } = {
    return: [
      ['shift_leader', null],
      ['centre_leader', null],
    ],
    suspension: [
      ['shift_leader', null],
      ['centre_leader', null],
    ],
    dispute: [
      [null, 'hotline'],
      ['centre_leader', null],
    ],
    on_account: [
      [null, 'hotline'],
      ['centre_leader', null],
    ],
    hand_over: [
      [null, 'district'],
      [null, 'hotline'],
      ['centre_leader', null],
    ],
    extension: [['centre_leader', null]],
    termination: [['centre_leader', null]],
    rejection: [['centre_leader', null]],
    objection: [],
    late_mark: [['centre_leader', null]],
  };
  test.each(oneDecides)('%s lapsed: one level up each time, at the top it stays and is urged daily', (kind) => {
    let order = usual(kind);
    for (const [role, unit] of ladders[kind]) {
      const before = last(order);
      order = lapsed(order);
      expect(order.approvals.find((a) => a.id === before.id)).toMatchObject({ state: 'lapsed', decidedBy: null });
      expect(last(order)).toMatchObject({
        state: 'pending',
        decider: { role, unit },
        succeeds: before.id,
        askedAt: monday,
        terms: before.terms,
      });
      expect(order.clocks.filter((c) => c.about === last(order).id)).toMatchObject([{ state: 'running', unit }]);
      expect(order.clocks.find((c) => c.about === before.id)?.state).toBe('stopped');
    }
    const top = last(order);
    const urged = lapse(order, top.id, setting(theSystem, noon));
    expect(last(urged.order)).toEqual(top);
    expect(urged.facts).toMatchObject([{ type: 'urged' }]);
    const clocks = urged.order.clocks.filter((c) => c.about === top.id && c.state === 'running');
    expect(clocks).toMatchObject([{ kind: 'decision', dueAt: at('2026-03-03 18:00') }]);
    expect(urged.order).toMatchObject({ state: usualState[kind], version: anOrder(usualState[kind]).version });
  });

  test('a first return stays one however far up it lapses: granted by the centre leader it designates nobody', () => {
    const order = ruled(lapsed(lapsed(usual('return'))), centreLeader, {}, noon);
    expect(order).toMatchObject({ owner: 'water', designated: false });
    expect(order.assignments.at(-1)?.cause).toBe('returned');
  });

  test('a second one that lapses is still the arbiter’s, with the arbiter’s time', () => {
    const order = lapsed(asked(returnedOnce(), 'return', { proposedUnit: 'lights' }));
    expect(clock(order, 'arbitration')).toMatchObject({ unit: 'hotline', dueAt: at('2026-03-04 18:00') });
    expect(ruled(order, { ...centreLeader }, {}, noon)).toMatchObject({ designated: true, owner: 'lights' });
  });

  test('what has ended lapses no more', () => {
    const order = ruled(usual('suspension'), dispatcher);
    expect(lapse(order, last(order).id, setting(theSystem))).toEqual({ kind: 'decided', order, facts: [] });
  });

  test('a change of owner withdraws what waits', () => {
    const order = asked(asked(anOrder('signed'), 'return'), 'extension');
    const moved = after(
      order,
      'redispatch',
      { unit: 'power', basis: 'the map', reason: 'our error' },
      { as: dispatcher },
    );
    expect(moved.approvals.map((a) => a.state)).toEqual(['withdrawn', 'withdrawn']);
    expect(moved.clocks.filter((c) => c.about !== null).every((c) => c.state === 'stopped')).toBe(true);
  });

  test('an end withdraws what waits; an objection is about the end and stays', () => {
    const order = asked(anOrder('handling'), 'termination');
    const ended = after(order, 'withdraw', { requestId: 'r1' }, { as: resident });
    expect(last(ended).state).toBe('withdrawn');
    const objected = asked(anOrder('closed'), 'objection');
    const reopened = decide(objected, { action: 'reopen', said: { reason: 'dark again' } }, setting(resident));
    expect(last(granted(reopened).order).state).toBe('pending');
  });

  test('a late mark is about what was: neither an end nor a new owner withdraws it', () => {
    const order = asked(orderFor('late_mark', 'handling'), 'late_mark');
    const moved = ruled(asked(order, 'return'), dispatcher);
    const ended = after(moved, 'withdraw', { requestId: 'r1' }, { as: resident });
    expect(ended).toMatchObject({ owner: 'water', state: 'withdrawn' });
    expect(ended.approvals.find((a) => a.kind === 'late_mark')?.state).toBe('pending');
    expect(ended.clocks.find((c) => c.about === last(order).id)?.state).toBe('running');
  });

  test('what is handed in can no longer be extended, suspended or returned', () => {
    const order = (['return', 'extension', 'suspension'] as const).reduce(
      (o, kind) => asked(o, kind),
      anOrder('handling'),
    );
    const said = { result: 'solved', text: '', evidence: [{ text: 'lit' }], requesterTold: true } as const;
    const submitted = after(order, 'submit', said, { as: clerk('lights') });
    expect(submitted.approvals.map((a) => a.state)).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
  });
});

describe('how long the decision may take', () => {
  test.each<[OneDecides, string, Instant]>([
    ['return', 'decision', at('2026-03-02 14:00')],
    ['dispute', 'arbitration', at('2026-03-04 18:00')],
    ['suspension', 'decision', at('2026-03-03 18:00')],
    ['objection', 'decision', at('2026-03-03 18:00')],
  ])('%s', (kind, name, dueAt) => {
    const order = usual(kind);
    expect(order.clocks.find((c) => c.about === last(order).id)).toMatchObject({ kind: name, dueAt });
  });
  test('an urgent dispute: thirty minutes', () => {
    const order = asked(anOrder('handling', { urgency: 'urgent' }), 'dispute');
    expect(clock(order, 'arbitration')?.dueAt).toBe(at('2026-03-02 09:30'));
  });
});

function deciderOf(order: WorkOrder): Actor {
  const { role, unit } = last(order).decider;
  return unit === null
    ? ([dispatcher, shiftLeader, centreLeader].find((a) => a.roles.some((r) => r === role)) as Actor)
    : head(unit);
}
