import type { ApprovalKind, ApprovalTerms } from '../domain/approval.ts';
import { ask, rule } from '../domain/approvals.ts';
import { exclusionClasses, isAdverse, ratedUnit } from '../domain/exclusion.ts';
import { isLate, lateMarks } from '../domain/late-mark.ts';
import { after, days, hours } from '../domain/time.ts';
import { isReachable, type State, theResident, theSystem } from '../domain/work-order.ts';
import type { Life } from './city-year-life.ts';
import { deciderOf, dispatcher, operator, shiftLeader, staffOf, verifierOf } from './city-year-people.ts';
import { type Habits, heard, judged, overdue, some } from './city-year-talk.ts';

/** Asks for an approval and, mostly, has it decided before it lapses. */
function approved(life: Life, habits: Habits, kind: ApprovalKind, terms: ApprovalTerms, share: number): void {
  const { city } = life.world;
  const by = kind === 'rejection' ? operator : staffOf(city, life.order.owner);
  if (!life.decide((order, setting) => ask(order, { kind, reason: '按规定', terms }, setting), by)) return;
  decided(life, habits, share);
}

/** Whatever waits for a decision gets one, or nobody decides it. */
function decided(life: Life, habits: Habits, share: number): void {
  life.wait(some(habits, 20, habits.lot.is(0.1) ? 3000 : 200));
  for (const approval of life.order.approvals.filter((a) => a.state === 'pending' && a.kind !== 'exclusion')) {
    const verdict = { granted: habits.lot.is(share), reason: '已核实', unit: approval.terms.proposedUnit };
    life.decide((order, setting) => rule(order, approval.id, verdict, setting), deciderOf(life.world.city, approval));
  }
}

/** A unit contests that it was late. */
function contested(life: Life, habits: Habits): void {
  const { city } = life.world;
  const late = life.order.clocks.find(
    (c) => c.unit !== null && lateMarks.some((m) => m === c.kind) && isLate(c, life.at),
  );
  const mark = lateMarks.find((each) => each === late?.kind);
  if (late?.unit == null || mark === undefined || mark === 'assist' || !habits.lot.is(0.2)) return;
  const asking = { kind: 'late_mark' as const, reason: '系统故障', terms: { mark, evidence: '通话记录' } };
  if (life.decide((order, setting) => ask(order, asking, setting), staffOf(city, late.unit)))
    decided(life, habits, 0.5);
}

const steps: Readonly<Partial<Record<State, (life: Life, habits: Habits) => void>>> = {
  registered(life, habits) {
    const { lot } = habits;
    life.wait(some(habits, 2, 180));
    if (life.order.kind === 'consult' && lot.is(0.75))
      life.perform({ action: 'answer', said: { text: '答复如下' } }, operator);
    else if (lot.is(0.15))
      approved(
        life,
        habits,
        'rejection',
        { class: lot.of(['litigation_or_petition', 'no_facts', 'outside_the_city']), explanation: '请向法院提出' },
        0.9,
      );
    else if (lot.is(0.04)) life.perform({ action: 'refer', said: { to: '志愿者', reason: '非政府职责' } }, operator);
    else if (lot.is(0.041)) life.perform({ action: 'void', said: { reason: '误操作' } }, shiftLeader);
    else life.perform({ action: 'accept', said: {} }, operator);
  },
  accepted(life, habits) {
    life.wait(some(habits, 5, 300));
    const [unit = ''] = habits.others;
    if (!life.perform({ action: 'dispatch', said: {} }, dispatcher))
      life.perform({ action: 'dispatch', said: { unit, basis: '值班核定' } }, dispatcher);
  },
  dispatched(life, habits) {
    const { lot, others } = habits;
    const { city } = life.world;
    const staff = staffOf(city, life.order.owner);
    life.wait(some(habits, 2, 40));
    const below = [...city.units.values()].filter((u) => u.parent === life.order.owner).map((u) => u.code);
    if (city.units.get(life.order.owner)?.kind === 'district' && below.length > 0 && lot.is(0.8))
      return void life.perform({ action: 'pass-down', said: { unit: lot.of(below) } }, staff);
    if (lot.is(0.03))
      return void life.perform(
        { action: 'redispatch', said: { unit: lot.of(others), basis: '核定', reason: '派错' } },
        dispatcher,
      );
    if (lot.is(0.07)) approved(life, habits, 'return', { basis: '不属职责', proposedUnit: lot.of(others) }, 0.5);
    life.wait(lot.is(habits.prompt) ? some(habits, 5, 150) : some(habits, 200, 3000));
    life.perform({ action: 'sign', said: {} }, staffOf(city, life.order.owner));
    contested(life, habits);
  },
  signed(life, habits) {
    const { lot, others } = habits;
    const { order } = life;
    const staff = staffOf(life.world.city, order.owner);
    if (order.clerk === null) life.perform({ action: 'sign', said: {} }, staff);
    const street = order.placement.path.find(({ level }) => level === 'street')?.code ?? '';
    if (lot.is(0.03))
      approved(life, habits, 'hand_over', { unit: lot.of([...others, street]), power: '无执法权' }, 0.7);
    if (lot.is(0.02)) {
      const [request] = order.requests;
      if (request) life.perform({ action: 'withdraw', said: { requestId: request.id, recordId: 'call-1' } }, operator);
    }
    life.wait(lot.is(habits.prompt) ? some(habits, 10, 1200) : some(habits, 1300, 5000));
    const outcome =
      !isReachable(life.order) || life.order.confidential ? 'not_applicable' : lot.is(0.85) ? 'reached' : 'no_answer';
    const by = life.order.confidential ? operator : staffOf(life.world.city, life.order.owner);
    life.perform({ action: 'contact', said: { how: '电话', whom: '诉求人', outcome } }, by);
    contested(life, habits);
  },
  handling(life, habits) {
    const { lot, others } = habits;
    const { city } = life.world;
    const staff = staffOf(city, life.order.owner);
    life.wait(some(habits, 30, 900));
    if (lot.is(0.2))
      life.perform(
        { action: 'note', said: { text: '现场', public: false, mark: lot.of(['site_visit', 'make_safe']) } },
        staff,
      );
    if (lot.is(0.03)) approved(life, habits, 'return', { basis: '不属职责', proposedUnit: lot.of(others) }, 0.5);
    if (lot.is(0.03)) approved(life, habits, 'dispute', { basis: '职责不清', proposedUnit: lot.of(others) }, 0.4);
    if (lot.is(0.03)) approved(life, habits, 'hand_over', { unit: lot.of(others), power: '无执法权' }, 0.7);
    const due = life.order.clocks.findLast((c) => c.kind === 'resolve' && c.state === 'running')?.dueAt;
    if (lot.is(0.08) && due !== undefined) approved(life, habits, 'extension', { dueAt: after(due, days(3)) }, 0.7);
    if (lot.is(0.03))
      approved(life, habits, 'suspension', { cause: 'waiting_for_requester', until: after(life.at, days(4)) }, 0.8);
    if (lot.is(0.02)) approved(life, habits, 'on_account', { plan: '列入计划', until: after(life.at, days(50)) }, 0.8);
    if (lot.is(0.01)) approved(life, habits, 'termination', { explanation: '已进入诉讼' }, 0.7);
    if (life.order.state !== 'handling') return;
    life.wait(lot.is(habits.prompt) ? some(habits, 60, 6500) : some(habits, 6000, 26_000));
    const result = lot.is(0.85) ? 'solved' : lot.of(['partly', 'explained', 'cannot'] as const);
    const said = { result, text: '已办理', evidence: [{ text: '现场照片' }], requesterTold: true } as const;
    life.perform({ action: 'submit', said }, staffOf(city, life.order.owner));
    contested(life, habits);
  },
  submitted(life, habits) {
    life.wait(some(habits, 20, 700));
    life.perform({ action: 'review', said: { passed: habits.lot.is(0.94), reason: '材料不全' } }, operator);
  },
  verifying(life, habits) {
    life.wait(habits.lot.is(0.9) ? some(habits, 30, 700) : days(4));
    const verifier = verifierOf(life.world.city, life.order.verifier);
    life.perform({ action: 'verify', said: { passed: habits.lot.is(0.94), reason: '现场未解决' } }, verifier);
  },
  following_up(life, habits) {
    life.wait(some(habits, 30, 900));
    for (const { id } of life.order.followUps.filter((f) => f.state === 'open')) heard(life, habits, id);
    judged(life, habits);
    if (life.order.state === 'following_up') life.wait(days(2));
  },
  suspended(life, habits) {
    life.wait(some(habits, 300, 7000));
    life.perform({ action: 'resume', said: {} }, staffOf(life.world.city, life.order.owner));
  },
  on_account(life, habits) {
    life.wait(some(habits, 3000, 60_000));
    life.perform({ action: 'restore', said: {} }, staffOf(life.world.city, life.order.owner));
  },
  rework(life, habits) {
    life.wait(some(habits, 30, 2500));
    life.perform({ action: 'take', said: {} }, staffOf(life.world.city, life.order.owner));
  },
};

const mostSteps = 60;

/** Leads an order from where it is to its end, or as far as chance lets it come. */
export function lead(life: Life, habits: Habits): void {
  const cut = habits.lot.is(0.04) ? habits.lot.below(12) : mostSteps;
  for (let n = 0; n < cut; n += 1) {
    const step = steps[life.order.state];
    if (step === undefined) break;
    const before = life.order;
    step(life, habits);
    if (habits.lot.is(0.3)) overdue(life, habits);
    if (life.order === before) life.wait(hours(20));
  }
  if (steps[life.order.state] === undefined) afterwards(life, habits);
}

/** After the end: an answer that shall not count, a resident who says it is not fixed, the archive. */
function afterwards(life: Life, habits: Habits): void {
  const { lot } = habits;
  for (const { id } of life.order.followUps.filter((f) => f.state === 'open')) heard(life, habits, id);
  const adverse = life.order.followUps.findLast(isAdverse);
  const unit = adverse === undefined ? null : ratedUnit(life.order, adverse);
  if (adverse !== undefined && unit !== null && lot.is(0.3)) {
    const terms = {
      class: lot.of(Object.keys(exclusionClasses) as (keyof typeof exclusionClasses)[]),
      evidence: '现场记录',
      followUp: adverse.id,
    };
    life.decide(
      (order, setting) => ask(order, { kind: 'exclusion', reason: '非本单位原因', terms }, setting),
      staffOf(life.world.city, unit),
    );
    judged(life, habits);
  }
  if (life.order.state === 'closed' && lot.is(0.03)) {
    life.wait(some(habits, 300, 12_000));
    const [request] = life.order.requests;
    const resident = theResident(...(request ? [request.id] : []));
    if (life.perform({ action: 'reopen', said: { reason: '没有解决' } }, resident)) return lead(life, habits);
  }
  if (lot.is(0.5)) {
    life.wait(days(32));
    life.perform({ action: 'archive', said: {} }, theSystem);
  }
}
