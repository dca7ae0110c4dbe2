import { describe, expect, test } from 'vitest';
import { answerFollowUp } from '../../src/domain/answer.ts';
import type { ApprovalTerms } from '../../src/domain/approval.ts';
import { ask, rule, takeBack } from '../../src/domain/approvals.ts';
import { type Decision, settle } from '../../src/domain/decide.ts';
import { exclusionClasses, exclusionFor, exclusionOf, isExcluded } from '../../src/domain/exclusion.ts';
import type { FollowUp, FollowUpAnswer } from '../../src/domain/follow-up.ts';
import { giveOpinion } from '../../src/domain/judging.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { awaited, seated } from '../../src/domain/panel.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { fillSeats } from '../../src/domain/seating.ts';
import type { Instant } from '../../src/domain/time.ts';
import { whenDue } from '../../src/domain/when-due.ts';
import { type Actor, theSystem, type WorkOrder } from '../../src/domain/work-order.ts';
import {
  anOrder,
  at,
  centreLeader,
  city,
  clerk,
  followUpAgent,
  inspector,
  judge,
  monday,
  neighbour,
  resident,
  shiftLeader,
} from '../support/orders.ts';
import { asks } from '../support/powers.ts';

const settingOf = (actor: Actor, now: Instant = monday) => ({ city, now, actor });
const seedFor = (name: string): string =>
  [...name]
    .reduce((sum, s) => (sum * 31 + s.charCodeAt(0)) % 0xffff_fffb, 7)
    .toString(16)
    .padStart(8, '0')
    .repeat(8);
const code = (outcome: Decision | Refusal) => (isRefusal(outcome) ? outcome.code : null);
const seatedIn = (before: WorkOrder, outcome: Decision | Refusal, now = monday): Decision => {
  if (isRefusal(outcome)) throw new Error(`${outcome.code} ${JSON.stringify(outcome.details)}`);
  return fillSeats(before, outcome, seedFor, settingOf(theSystem, now));
};

const bad: FollowUpAnswer = {
  contacted: true,
  solved: 'no',
  satisfaction: 'dissatisfied',
  reason: 'not_done',
  askedToChange: null,
  comment: null,
};
/** An order whose resident has answered so. */
function answered(answer: Partial<FollowUpAnswer> = {}): WorkOrder {
  const order = anOrder('following_up');
  const said = answerFollowUp(order, order.followUps[0]?.id ?? '', { ...bad, ...answer }, settingOf(followUpAgent));
  if (isRefusal(said)) throw new Error(said.code);
  return seatedIn(order, settle(said, settingOf(theSystem))).order;
}
const lights = clerk('lights');
const claim = (order: WorkOrder, terms: ApprovalTerms = {}, by: Actor = lights, now = monday): Decision | Refusal =>
  ask(
    order,
    {
      kind: 'exclusion',
      reason: 'not ours to change',
      terms: { class: 'force_majeure', evidence: 'a flood', ...terms },
    },
    settingOf(by, now),
  );
const claimed = (order: WorkOrder, terms: ApprovalTerms = {}): WorkOrder => seatedIn(order, claim(order, terms)).order;
const claimOf = (order: WorkOrder) => {
  const found = order.approvals.findLast((a) => a.kind === 'exclusion');
  if (found === undefined) throw new Error('nothing was claimed');
  return found;
};
const answerOf = (order: WorkOrder): FollowUp => {
  const found = order.followUps.find((f) => f.answer !== null);
  if (found === undefined) throw new Error('nobody answered');
  return found;
};
const reviewer = (post: string): Actor => ({ ...judge, name: `${post} a`, roles: ['inspector'] });
const says = (order: WorkOrder, post: string, granted: boolean, reason = 'seen so') =>
  rule(order, claimOf(order).id, { granted, reason }, settingOf(reviewer(post)));
const postsOn = (order: WorkOrder) => seated(claimOf(order).seats ?? []).map(({ post }) => post);
const granted = (order: WorkOrder): Decision => {
  const [one = '', two = ''] = postsOn(order);
  const first = seatedIn(order, says(order, one, true));
  return seatedIn(first.order, says(first.order, two, true));
};

describe('who may claim what', () => {
  test('the unit an answer rates, whatever became of the order since, within three of its working days, once', () => {
    const order = answered();
    expect(order.state).toBe('rework');
    expect(code(claim(order))).toBeNull();
    for (const by of [clerk('water'), followUpAgent, shiftLeader, resident, inspector])
      expect(code(claim(order, {}, by)), by.name).toBe('not-yours');
    expect(code(claim(order, {}, lights, at('2026-03-05 18:00')))).toBeNull();
    expect(code(claim(order, {}, lights, at('2026-03-05 18:01')))).toBe('exclusion-late');
    const refused = seatedIn(claimed(order), says(claimed(order), postsOn(claimed(order))[0] ?? '', false)).order;
    expect(code(claim(refused))).toBe('excluded-before');
    expect(code(claim(claimed(order)))).toBe('pending-already');
    const moved = {
      ...order,
      owner: 'water',
      assignments: [
        ...order.assignments.map((a) => ({ ...a, to: at('2026-03-03 09:00') })),
        {
          seq: 900,
          role: 'lead',
          unit: 'water',
          cause: 'designated',
          basis: 'x',
          from: at('2026-03-03 09:00'),
          to: null,
        } as const,
      ],
    };
    expect(code(claim(moved))).toBeNull();
    expect(code(claim(moved, {}, clerk('water')))).toBe('not-yours');
  });

  test('of an adverse answer, in a class, with evidence', () => {
    const order = answered();
    expect(code(claim(order, { class: 'no_facts' }))).toBe('class-missing');
    expect(code(claim(order, { evidence: ' ' }))).toBe('evidence-missing');
    expect(code(claim(order, { followUp: 'another' }))).toBe('answer-unknown');
    expect(code(claim(answered({ solved: 'yes', satisfaction: 'satisfied' }), {}))).toBe('answer-unknown');
    const good = answered({ solved: 'yes', satisfaction: 'satisfied' });
    expect(code(claim(good, { followUp: answerOf(good).id }))).toBe('not-adverse');
    const cross = answered({ solved: 'yes', reason: 'attitude' });
    expect([cross.state, code(claim(cross))]).toEqual(['closed', null]);
    expect(code(claim(anOrder('handling')))).toBe('not-yours');
  });

  test('whoever is a party to the case asks for nothing', () => {
    const order = answered();
    const party = { seq: 1000, name: lights.name, unit: 'lights', reason: 'x', by: 'y', at: monday };
    expect(code(claim({ ...order, recusals: [party] }))).toBe('recused');
  });
});

describe('two drawn reviewers', () => {
  test('of nobody’s side decide: both must grant, and then the answer is out of the count and the resident told', () => {
    const order = claimed(answered());
    const posts = postsOn(order);
    expect(posts).toHaveLength(2);
    expect(posts.every((post) => post.startsWith('inspector-'))).toBe(true);
    const [one = '', two = ''] = posts;
    const first = seatedIn(order, says(order, one, true)).order;
    expect([claimOf(first).state, isExcluded(first, answerOf(first))]).toEqual(['pending', false]);
    expect(code(says(first, one, true))).toBe('opinion-given');
    const both = seatedIn(first, says(first, two, true));
    expect(claimOf(both.order)).toMatchObject({ state: 'granted', decisionReason: 'seen so' });
    expect(exclusionOf(both.order, answerOf(both.order))).toEqual({ id: claimOf(order).id, by: 'reviewers' });
    expect(both.order.state).toBe('rework');
    expect(both.facts.find((f) => f.type === 'excluded')).toMatchObject({
      unit: 'lights',
      body: { by: 'reviewers', class: 'force_majeure', followUp: answerOf(order).id },
    });
    expect(both.order.notes.at(-1)).toMatchObject({ public: true, request: 'r1' });
    expect(both.order.notes.at(-1)?.text).toContain(exclusionClasses.force_majeure);
    expect(both.order.clocks.filter((c) => c.kind === 'decision' && c.state !== 'stopped')).toEqual([]);
  });

  test('one refusal refuses, and nobody else decides', () => {
    const order = claimed(answered());
    const [one = '', two = ''] = postsOn(order);
    const refused = seatedIn(order, says(order, two, false, 'no flood that day'));
    expect(claimOf(refused.order)).toMatchObject({ state: 'refused', decisionReason: 'no flood that day' });
    expect(isExcluded(refused.order, answerOf(refused.order))).toBe(false);
    expect(refused.facts.map((f) => f.type)).toEqual(['reviewer_spoke', 'approval_refused']);
    expect(code(says(refused.order, one, true))).toBe('not-pending');
    for (const who of [inspector, shiftLeader, centreLeader, judge, lights])
      expect(
        code(rule(order, claimOf(order).id, { granted: true, reason: 'x' }, settingOf(who))),
        who.name,
      ).not.toBeNull();
    expect(code(says(order, one, true, ' '))).toBe('reason-missing');
  });

  test('who is silent past the working day is replaced, and the claim neither granted nor refused', () => {
    const order = claimed(answered());
    const clock = order.clocks.find((c) => c.about === claimOf(order).id);
    const due = at('2026-03-03 18:00');
    expect(clock?.dueAt).toBe(due);
    const fired = whenDue(order, clock?.seq ?? 0, defaultLadder, { ...asks(theSystem), now: due });
    if (fired === null) throw new Error('nothing fired');
    const next = seatedIn(order, { kind: 'decided', ...fired }, due);
    const { seats, state } = claimOf(next.order);
    expect(state).toBe('pending');
    expect(seats?.filter((s) => s.left === 'silent')).toHaveLength(2);
    expect(awaited(seats ?? [])).toHaveLength(2);
    expect(next.facts.map((f) => f.type)).toContain('reviewers_silent');
    expect(next.order.clocks.findLast((c) => c.about === claimOf(order).id)).toMatchObject({
      state: 'running',
      dueAt: at('2026-03-04 18:00'),
    });
  });
});

describe('“untrue” and “unreasonable” are for judges', () => {
  const judges = (order: WorkOrder, reasonable: boolean, dutiful: boolean): Decision => {
    let done: Decision = { kind: 'decided', order, facts: [] };
    const open = order.judgements.find((j) => j.state === 'open');
    for (const { post } of seated(open?.seats ?? [])) {
      const opinion = { reasonable: { yes: reasonable, reason: 'r' }, dutiful: { yes: dutiful, reason: 'd' } };
      const said = giveOpinion(done.order, open?.id ?? '', opinion, settingOf({ ...judge, name: `${post} a` }));
      if (isRefusal(said)) throw new Error(said.code);
      const next = seatedIn(done.order, settle(said, settingOf(theSystem)));
      done = { ...next, facts: [...done.facts, ...next.facts] };
    }
    return done;
  };

  test('asked for the count alone: the order goes its way, whatever they find', () => {
    const order = claimed(answered(), { class: 'untrue' });
    expect(order).toMatchObject({ state: 'rework', judgements: [{ cause: 'exclusion', state: 'open' }] });
    expect(claimOf(order)).toMatchObject({ decider: { role: 'judge' }, terms: { judgement: order.judgements[0]?.id } });
    expect(
      code(rule(order, claimOf(order).id, { granted: true, reason: 'x' }, settingOf(reviewer('inspector-1')))),
    ).toBe('not-the-decider');
    const out = judges(order, false, true);
    expect([out.order.state, claimOf(out.order).state, claimOf(out.order).decidedBy]).toEqual([
      'rework',
      'granted',
      'system',
    ]);
    expect(exclusionOf(out.order, answerOf(out.order))?.by).toBe('judges');
    expect(out.facts.filter((f) => f.type === 'excluded')).toHaveLength(1);
    for (const [reasonable, dutiful] of [
      [true, true],
      [true, false],
      [false, false],
    ] as const) {
      const kept = judges(order, reasonable, dutiful).order;
      expect([kept.state, claimOf(kept).state]).toEqual(['rework', 'refused']);
      expect(isExcluded(kept, answerOf(kept))).toBe(false);
    }
  });

  test('where judges weigh the answer already they decide the claim with it; after them nobody asks others', () => {
    const weighed = answered({ reason: 'policy' });
    const order = claimed(weighed, { class: 'unreasonable' });
    expect(order.judgements).toHaveLength(1);
    const out = judges(order, false, true);
    expect([out.order.state, claimOf(out.order).state]).toEqual(['closed', 'granted']);
    expect(out.facts.filter((f) => f.type === 'excluded')).toHaveLength(1);
    const explained = judges(weighed, false, false).order;
    expect(code(claim(explained, { class: 'unreasonable' }))).toBe('judged-already');
    expect(code(claim(explained, { class: 'policy' }))).toBeNull();
  });

  test('a case the order has overtaken goes on for the count where a claim hangs on it', () => {
    const order = claimed(answered({ reason: 'policy' }), { class: 'unreasonable' });
    const id = order.requests[0]?.id ?? '';
    const left = seatedIn(
      order,
      ((): Decision | Refusal => {
        const other = { ...answerOf(order), id: 'g1', request: id, answer: { ...bad }, seq: 800 };
        return settle(
          { kind: 'decided', order: { ...order, followUps: [...order.followUps, other] }, facts: [] },
          settingOf(theSystem),
        );
      })(),
    ).order;
    expect(left).toMatchObject({ state: 'rework', judgements: [{ cause: 'exclusion', state: 'open' }] });
    expect(claimOf(judges(left, false, true).order).state).toBe('granted');
  });

  test('a claim taken back ends the case that was opened for it alone', () => {
    const order = claimed(answered(), { class: 'untrue' });
    const back = takeBack(order, claimOf(order).id, settingOf(lights));
    if (isRefusal(back)) throw new Error(back.code);
    expect(back.order.judgements).toMatchObject([{ state: 'cancelled' }]);
    expect(back.order.clocks.filter((c) => c.kind === 'judgement' && c.state !== 'stopped')).toEqual([]);
    const shared = claimed(answered({ reason: 'policy' }), { class: 'untrue' });
    const kept = takeBack(shared, claimOf(shared).id, settingOf(lights));
    expect(isRefusal(kept) ? null : kept.order.judgements).toMatchObject([{ state: 'open', cause: 'follow_up' }]);
  });

  test('what judges exclude by themselves is out of the count without a claim', () => {
    const out = judges(answered({ reason: 'policy' }), false, true);
    expect(exclusionOf(out.order, answerOf(out.order))).toEqual({ id: out.order.judgements[0]?.id, by: 'judges' });
    expect(out.facts.filter((f) => f.type === 'excluded')).toMatchObject([
      { unit: 'lights', body: { by: 'judges', class: null } },
    ]);
  });
});

describe('the resident’s appeal', () => {
  const excluded = granted(claimed(answered())).order;
  const appeal = (order: WorkOrder, by: Actor = resident, now = monday) =>
    ask(order, { kind: 'objection', reason: 'it was dark', terms: { against: claimOf(order).id } }, settingOf(by, now));
  const appealed = seatedIn(excluded, appeal(excluded)).order;
  const decide = (isGranted: boolean) => {
    const pending = appealed.approvals.at(-1)?.id ?? '';
    return seatedIn(
      appealed,
      rule(appealed, pending, { granted: isGranted, reason: 'heard' }, settingOf(centreLeader)),
    );
  };

  test('in any state of the order, to the centre’s leader, by whose answer it was, within fifteen days', () => {
    expect(exclusionFor(excluded, 'r1')).toBe(claimOf(excluded).id);
    expect(exclusionFor(excluded, 'r2')).toBeNull();
    expect(excluded.state).toBe('rework');
    expect(appealed.approvals.at(-1)).toMatchObject({ kind: 'objection', decider: { role: 'centre_leader' } });
    expect(code(appeal(excluded, neighbour))).toBe('not-yours');
    expect(code(appeal(excluded, resident, at('2026-03-18 00:00')))).toBe('requester-window');
    expect(code(appeal(appealed))).toBe('pending-already');
    expect(code(appeal(claimed(answered())))).toBe('not-excluded');
  });

  test('granted, the answer counts again and the resident is told; the order stays where it is', () => {
    const { order, facts } = decide(true);
    expect([isExcluded(order, answerOf(order)), order.state]).toEqual([false, 'rework']);
    expect(facts.find((f) => f.type === 'exclusion_overturned')).toMatchObject({
      unit: 'lights',
      body: { followUp: answerOf(order).id },
    });
    expect(order.notes.at(-1)?.text).toContain('恢复');
    expect(code(appeal(order))).toBe('excluded-before');
  });

  test('refused, it stays out of the count, and that was the one appeal', () => {
    const { order } = decide(false);
    expect(isExcluded(order, answerOf(order))).toBe(true);
    expect(code(appeal(order))).toBe('excluded-before');
  });
});
