import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerFollowUp } from '../../src/domain/answer.ts';
import { isUnder } from '../../src/domain/city.ts';
import { type Decision, decide, settle } from '../../src/domain/decide.ts';
import type { FollowUpAnswer } from '../../src/domain/follow-up.ts';
import {
  bench,
  type Finding,
  findingOf,
  isExcludedByJudges,
  type Judgement,
  majority,
} from '../../src/domain/judgement.ts';
import { giveOpinion, type Opinion, recuse, recuseOneself } from '../../src/domain/judging.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { awaited, draw, drawable, lotsOf, seated } from '../../src/domain/panel.ts';
import { isRefusal, type Refusal } from '../../src/domain/refusal.ts';
import { fillSeats } from '../../src/domain/seating.ts';
import type { Instant } from '../../src/domain/time.ts';
import { fireOrder } from '../../src/domain/when-due.ts';
import { type Actor, theSystem, type WorkOrder } from '../../src/domain/work-order.ts';
import {
  anOrder,
  at,
  city,
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
const seedOf = (n: number) => (name: string) =>
  [...`${n} ${name}`]
    .reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 0xffff_fffb, 7)
    .toString(16)
    .padStart(8, '0')
    .repeat(8);

/** What the action layer does with every decision: what follows by itself, and lots for empty seats. */
const saved = (before: WorkOrder, outcome: Decision | Refusal, now = monday): Decision => {
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return fillSeats(before, settle(outcome, settingOf(theSystem, now)), seedOf(1), settingOf(theSystem, now));
};
const yes: FollowUpAnswer = {
  contacted: true,
  solved: 'yes',
  satisfaction: 'satisfied',
  reason: null,
  askedToChange: null,
  comment: null,
};
const no: FollowUpAnswer = { ...yes, solved: 'no', satisfaction: 'dissatisfied', reason: 'not_done' };
const policy: FollowUpAnswer = { ...no, reason: 'policy' };

/** What becomes of an order when its residents answer so, one after the other; null has not answered yet. */
function answered(order: WorkOrder, ...answers: readonly (FollowUpAnswer | null)[]): Decision {
  let done: Decision = { kind: 'decided', order, facts: [] };
  for (const [n, answer] of answers.entries()) {
    const id = order.followUps[n]?.id ?? '';
    if (answer === null) continue;
    const next = saved(done.order, answerFollowUp(done.order, id, answer, settingOf(followUpAgent)));
    done = { ...next, facts: [...done.facts, ...next.facts] };
  }
  return done;
}
const askedOf = (result: 'solved' | 'explained' | 'cannot' = 'solved', reachable = 1): WorkOrder => {
  const order = anOrder('following_up');
  const [first] = order.followUps;
  if (first === undefined) throw new Error('nobody is asked');
  return {
    ...order,
    seq: order.seq + reachable,
    clocks: order.clocks.map((c) => (c.about === first.id ? { ...c, about: 'f0' } : c)),
    submissions: order.submissions.map((s) => ({ ...s, result })),
    followUps: Array.from({ length: reachable }, (_, n) => ({ ...first, seq: first.seq + 1000 * n, id: `f${n}` })),
  };
};
const caseOf = (order: WorkOrder): Judgement => {
  const found = order.judgements.at(-1);
  if (found === undefined) throw new Error('no judges were asked');
  return found;
};
const opinion = (reasonable: boolean, dutiful: boolean): Opinion => ({
  reasonable: { yes: reasonable, reason: 'as I see it' },
  dutiful: { yes: dutiful, reason: 'as I see it' },
});
const holder = (post: string): Actor => ({ ...judge, name: `${post} a` });

/** All three judges speak. */
function judged(order: WorkOrder, opinions: readonly Opinion[]): Decision {
  let done: Decision = { kind: 'decided', order, facts: [] };
  for (const [n, { post }] of seated(caseOf(order).seats).entries()) {
    const said = opinions[n];
    if (said === undefined) break;
    const next = saved(done.order, giveOpinion(done.order, caseOf(order).id, said, settingOf(holder(post))));
    done = { ...next, facts: [...done.facts, ...next.facts] };
  }
  return done;
}
const all = (reasonable: boolean, dutiful: boolean) =>
  Array.from({ length: bench }, () => opinion(reasonable, dutiful));

describe('the draw', () => {
  const seeds = fc
    .array(fc.nat(15), { minLength: 64, maxLength: 64 })
    .map((d) => d.map((n) => n.toString(16)).join(''));

  test('gives the same for the same seed, takes nobody twice, and only from whom it is given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 30 }), fc.nat(8), seeds, (from, count, seed) => {
        const drawn = draw(from, count, lotsOf(seed));
        expect(draw(from, count, lotsOf(seed))).toEqual(drawn);
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.length).toBe(Math.min(count, from.length));
        expect(drawn.every((each) => from.includes(each))).toBe(true);
      }),
    );
  });

  test('L10 every eligible judge is as likely as any other', () => {
    const from = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const times = new Map<string, number>();
    const runs = 14_000;
    let state = 1;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    };
    for (let n = 0; n < runs; n++) {
      const seed = Array.from({ length: 8 }, () => next().toString(16).padStart(8, '0')).join('');
      for (const each of draw(from, bench, lotsOf(seed))) times.set(each, (times.get(each) ?? 0) + 1);
    }
    const expected = (runs * bench) / from.length;
    for (const each of from) expect(Math.abs((times.get(each) ?? 0) - expected) / expected).toBeLessThan(0.04);
  });

  test('a seed that is none throws', () => {
    expect(() => lotsOf('abc')).toThrow(RangeError);
  });

  test('L10 nobody is drawn from the side of those who did the work: owner, former lead, assist, called, line, and all below', () => {
    const sides = ['lights', 'street-a', 'street-b', 'community-a1', 'district', 'enforcement-a', 'water'] as const;
    fc.assert(
      fc.property(fc.subarray([...sides]), fc.subarray([...sides]), fc.subarray([...sides]), (led, helps, called) => {
        const order = anOrder('following_up');
        const worked: WorkOrder = {
          ...order,
          leads: [...order.leads, ...led],
          assists: helps.map((unit, n) => ({
            seq: n,
            id: `${n}`,
            unit,
            task: 'help',
            from: monday,
            dueAt: monday,
            completedAt: null,
            result: null,
          })),
          called,
        };
        const units = new Set(drawable('judge', worked, [], city).map(({ unit }) => unit));
        for (const unit of units)
          for (const side of [order.owner, ...led, ...helps, ...called]) expect(isUnder(city, unit, side)).toBe(false);
        expect(units.has('hotline')).toBe(true);
      }),
    );
    const given = { ...anOrder('following_up'), owner: 'enforcement-a', leads: [], assignments: [] };
    expect(drawable('judge', given, [], city).map((p) => p.unit)).not.toContain('enforcement');
  });

  test('nobody sits who holds another drawn post, is a party, found the matter or verifies it', () => {
    const order = anOrder('following_up');
    const codes = (o: WorkOrder, seats: { post: string }[] = []) =>
      drawable('judge', o, seats, city).map((p) => p.code);
    expect(codes(order)).toContain('judge-1');
    expect(codes(order, [{ post: 'judge-1' }])).not.toContain('judge-1');
    const party = { seq: 99, name: 'judge-1 a', unit: null, reason: 'a brother', by: 'x', at: monday };
    expect(codes({ ...order, recusals: [party] })).not.toContain('judge-1');
    expect(codes({ ...order, recusals: [{ ...party, unit: 'street-b' }] })).toContain('judge-1');
    expect(codes({ ...order, finder: { actor: 'judge-1 a', unit: 'hotline' } })).not.toContain('judge-1');
    const verifier = { party: 'inspector', actor: 'judge-1 a', unit: 'hotline' } as const;
    expect(codes({ ...order, verifier })).not.toContain('judge-1');
    const two = { ...city, posts: city.posts.map((p) => (p.code === 'judge-2' ? { ...p, holderB: 'judge-1 a' } : p)) };
    expect(drawable('judge', order, [{ post: 'judge-1' }], two).map((p) => p.code)).not.toContain('judge-2');
  });

  test('the fact of the draw has the seed and everybody it was drawn from, so that it can be repeated', () => {
    const { facts, order } = answered(askedOf(), policy);
    const drawn = facts.find((f) => f.type === 'judges_drawn');
    const { seed, from, drawn: posts } = (drawn?.body ?? {}) as { seed: string; from: string[]; drawn: string[] };
    expect(draw(from, bench, lotsOf(seed))).toEqual(posts);
    expect(seated(caseOf(order).seats).map(({ post }) => post)).toEqual(posts);
    expect(drawn?.unit).toBeNull();
  });
});

describe('what an unsolved answer leads to', () => {
  test.each<[string, FollowUpAnswer, 'solved' | 'explained' | 'cannot', string]>([
    ['not done', no, 'solved', 'rework'],
    ['partly, for a plain reason', { ...no, solved: 'partly', reason: 'slow' }, 'solved', 'rework'],
    ['without a reason', { ...no, satisfaction: 'basically', reason: null }, 'solved', 'rework'],
    ['the demand was not supported', { ...no, reason: 'demand_not_supported' }, 'solved', 'judges'],
    ['partly, for policy', { ...policy, solved: 'partly' }, 'solved', 'judges'],
    ['not done, where it had been explained', no, 'explained', 'judges'],
    ['not done, where the unit said it cannot', no, 'cannot', 'judges'],
    ['solved', yes, 'cannot', 'closed'],
    ['solved, dissatisfied for policy', { ...policy, solved: 'yes' }, 'solved', 'closed'],
  ])('%s: %j after %s leads to %s', (_what, answer, result, to) => {
    const { order } = answered(askedOf(result), answer);
    expect(order.judgements.length).toBe(to === 'judges' ? 1 : 0);
    expect(order.state).toBe(to === 'judges' ? 'following_up' : to);
    if (to !== 'judges') return;
    expect(caseOf(order)).toMatchObject({ cause: 'follow_up', state: 'open', round: 1, followUps: ['f0'] });
    expect(order.clocks.find((c) => c.kind === 'judgement' && c.state === 'running')).toMatchObject({
      about: caseOf(order).id,
      dueAt: at('2026-03-05 18:00'),
    });
    expect(order.clocks.filter((c) => c.kind === 'follow_up' && c.state === 'running')).toEqual([]);
  });

  test('siblings are asked on while judges weigh; a plain “not solved” of theirs sends it back and the case is moot', () => {
    const waiting = answered(askedOf('solved', 3), policy, yes).order;
    expect([waiting.state, waiting.followUps[2]?.state]).toEqual(['following_up', 'open']);
    const back = answered(askedOf('solved', 3), policy, yes, no).order;
    expect(back).toMatchObject({ state: 'rework', judgements: [{ state: 'cancelled', finding: null }] });
    expect(back.clocks.filter((c) => c.kind === 'judgement' && c.state !== 'stopped')).toEqual([]);
  });

  test('judges say it for the whole round: who answers the same later brings no second case, and is not silenced', () => {
    const found = judged(answered(askedOf('solved', 2), policy).order, all(true, true)).order;
    expect([found.state, found.judgements.length]).toEqual(['following_up', 1]);
    const also = saved(found, answerFollowUp(found, 'f1', policy, settingOf(followUpAgent))).order;
    expect(also).toMatchObject({ state: 'closed', ending: { class: 'policy_problem' } });
    const otherwise = saved(found, answerFollowUp(found, 'f1', no, settingOf(followUpAgent))).order;
    expect(otherwise.state).toBe('rework');
  });
});

describe('what judges find', () => {
  test.each<[boolean, boolean, Finding]>([
    [true, false, 'rework'],
    [true, true, 'policy_problem'],
    [false, true, 'exclude'],
    [false, false, 'explain'],
  ])('reasonable %s and dutiful %s is %s', (reasonable, dutiful, finding) => {
    expect(findingOf(reasonable, dutiful)).toBe(finding);
    const { order, facts } = judged(answered(askedOf(), policy).order, all(reasonable, dutiful));
    const decided = order.judgements[0] as Judgement;
    expect(decided).toMatchObject({ state: 'decided', reasonable, dutiful, finding, decidedAt: monday });
    expect(facts.find((f) => f.type === 'judged')).toMatchObject({ unit: 'lights', body: { finding } });
    expect(order.clocks.filter((c) => c.kind === 'judgement' && c.state !== 'stopped')).toEqual([]);
    expect(order.notes.findLast((n) => n.public)?.text).toContain('第三方评议');
    if (finding === 'rework') return expect(order).toMatchObject({ state: 'rework', reworks: 1 });
    expect(order).toMatchObject({ state: 'closed' });
    expect(order.ending?.class).toBe(
      { policy_problem: 'policy_problem', exclude: 'excluded', explain: 'explained' }[finding],
    );
    expect(order.notes.findLast((n) => n.public)?.text).toContain('十五日');
    const [first] = order.followUps;
    expect(first && isExcludedByJudges(order, first)).toBe(finding === 'exclude');
    const opened = facts.map((f) => f.type).filter((type) => ['policy_problem', 'explanation_owed'].includes(type));
    expect(opened).toEqual({ policy_problem: ['policy_problem'], explain: ['explanation_owed'], exclude: [] }[finding]);
  });

  test('the majority decides each question by itself, whoever made it up', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: bench, maxLength: bench }), (said) => {
        const { order } = judged(
          answered(askedOf(), policy).order,
          said.map(([r, d]) => opinion(r, d)),
        );
        const [reasonable, dutiful] = [said.map(([r]) => r), said.map(([, d]) => d)].map(majority);
        expect(order.judgements[0]).toMatchObject({ reasonable, dutiful });
      }),
    );
  });

  test('nothing is decided before all have spoken', () => {
    const two = judged(answered(askedOf(), policy).order, all(true, false).slice(1)).order;
    expect(two).toMatchObject({ state: 'following_up', judgements: [{ state: 'open', finding: null }] });
  });

  test('whoever was not drawn, has spoken, gives no reason or comes too late is refused', () => {
    const { order } = answered(askedOf(), policy);
    const { id, seats } = caseOf(order);
    const code = (o: WorkOrder, who: Actor, said = opinion(true, true)) => {
      const outcome = giveOpinion(o, id, said, settingOf(who));
      return isRefusal(outcome) ? outcome.code : null;
    };
    const post = seats[0]?.post ?? '';
    expect(code(order, judge.name === `${post} a` ? { ...judge, name: 'somebody' } : { ...judge, name: 'x' })).toBe(
      'not-drawn',
    );
    expect(code(order, { ...holder(post), roles: ['inspector'] })).toBe('not-drawn');
    expect(code(order, { ...holder(post), unit: 'water' })).toBe('not-drawn');
    expect(code(order, holder(post), { ...opinion(true, true), dutiful: { yes: true, reason: ' ' } })).toBe(
      'reason-missing',
    );
    const one = judged(order, all(true, true).slice(2)).order;
    expect(code(one, holder(post))).toBe('opinion-given');
    const over = judged(order, all(true, true)).order;
    expect(code(over, holder(post))).toBe('judgement-over');
    expect(giveOpinion(order, 'another', opinion(true, true), settingOf(holder(post)))).toMatchObject({
      code: 'not-found',
    });
  });

  test('a rework judges ask for counts as one, and the round after is judged anew by others', () => {
    const { order } = judged(answered(askedOf(), policy).order, all(true, false));
    const [first] = order.followUps;
    if (first === undefined) throw new Error('nobody was asked');
    const again: WorkOrder = {
      ...order,
      state: 'following_up',
      followUps: [...order.followUps, { ...first, seq: 5000, id: 'g0', round: 2, state: 'open', answer: null }],
    };
    const second = saved(again, answerFollowUp(again, 'g0', policy, settingOf(followUpAgent))).order;
    expect(second.judgements.map((j) => j.round)).toEqual([1, 2]);
    expect(second.followUps.filter((f) => f.answer?.solved === 'no')).toHaveLength(2);
  });
});

describe('silence and recusal', () => {
  const openCase = () => answered(askedOf(), policy).order;

  test('L10 silent judges are replaced when their three working days pass, and the shift leader is told', () => {
    const order = judged(openCase(), all(true, false).slice(2)).order;
    const due = at('2026-03-05 18:00');
    const fired = fireOrder(order, defaultLadder, { ...asks(theSystem), now: due });
    if (fired === null) throw new Error('nothing fired');
    const next = saved(order, { kind: 'decided', order: fired.order, facts: fired.facts }, due);
    const silent = caseOf(next.order).seats.filter((s) => s.left === 'silent');
    expect(silent).toHaveLength(2);
    expect(seated(caseOf(next.order).seats)).toHaveLength(bench);
    expect(new Set(caseOf(next.order).seats.map((s) => s.post)).size).toBe(bench + 2);
    expect(awaited(caseOf(next.order).seats)).toHaveLength(2);
    expect(next.facts.map((f) => f.type).filter((type) => !['rung_fired', 'warned'].includes(type))).toEqual([
      'judges_silent',
      'told',
      'judges_drawn',
    ]);
    expect(next.facts.find((f) => f.type === 'told')?.body).toMatchObject({ role: 'shift_leader' });
    const running = next.order.clocks.filter((c) => c.kind === 'judgement' && c.state === 'running');
    expect(running).toMatchObject([{ about: caseOf(order).id, dueAt: at('2026-03-10 18:00') }]);
    const [gone] = silent;
    const late = giveOpinion(next.order, caseOf(order).id, opinion(true, true), settingOf(holder(gone?.post ?? '')));
    expect(late).toMatchObject({ code: 'not-drawn' });
  });

  test('where nobody is left to be drawn the seat stays empty, a shift leader is asked, and a judge who comes later is drawn', () => {
    const few = {
      ...city,
      posts: city.posts.filter((p) => p.role !== 'judge' || ['judge-1', 'judge-2'].includes(p.code)),
    };
    const order = openCase();
    const empty = { ...order, judgements: order.judgements.map((j) => ({ ...j, seats: [] })) };
    const short = fillSeats(order, { kind: 'decided', order: empty, facts: [] }, seedOf(1), {
      ...settingOf(theSystem),
      city: few,
    });
    expect(seated(caseOf(short.order).seats)).toHaveLength(2);
    expect(short.facts.map((f) => f.type)).toEqual(['judges_drawn', 'judges_missing']);
    const again = fillSeats(short.order, { ...short, facts: [] }, seedOf(1), { ...settingOf(theSystem), city: few });
    expect(again.facts).toEqual([]);
    const more = fillSeats(short.order, { ...short, facts: [] }, seedOf(1), settingOf(theSystem));
    expect(seated(caseOf(more.order).seats)).toHaveLength(bench);
  });

  test('who has sat in a case of this order sits again only where nobody else is left', () => {
    const first = judged(openCase(), all(true, true)).order;
    const { seats } = first.judgements[0] as Judgement;
    const opened = decide(first, { action: 'reopen', said: {} }, settingOf(inspector));
    const reworked = { ...saved(first, opened).order, state: 'closed' as const };
    const second = saved(
      reworked,
      decide(reworked, { action: 'judge', said: { cause: 'complaint', reason: 'x' } }, settingOf(shiftLeader)),
    );
    const posts = caseOf(second.order).seats.map((s) => s.post);
    expect(posts.filter((post) => seats.some((s) => s.post === post))).toEqual([]);
  });

  test('a judge who is a party says so, another is drawn, and both are barred from the case in every way', () => {
    const order = openCase();
    const [seat] = caseOf(order).seats;
    const who = holder(seat?.post ?? '');
    const gone = saved(order, recuseOneself(order, caseOf(order).id, 'a neighbour', settingOf(who))).order;
    expect(seated(caseOf(gone).seats)).toHaveLength(bench);
    expect(caseOf(gone).seats[0]).toMatchObject({ post: seat?.post, left: 'recused' });
    expect(giveOpinion(gone, caseOf(gone).id, opinion(true, true), settingOf(who))).toMatchObject({
      code: 'not-drawn',
    });
    expect(recuseOneself(gone, caseOf(gone).id, 'again', settingOf(who))).toMatchObject({ code: 'not-drawn' });
    const marked = saved(
      order,
      recuse(order, { name: inspector.name, unit: null, reason: 'a cousin' }, settingOf(shiftLeader)),
    ).order;
    expect(decide(marked, { action: 'judge', said: { cause: 'complaint' } }, settingOf(inspector))).toMatchObject({
      code: 'not-yours',
    });
    const agent = saved(
      order,
      recuse(order, { name: followUpAgent.name, unit: null, reason: 'x' }, settingOf(shiftLeader)),
    ).order;
    expect(answerFollowUp(agent, 'f0', yes, settingOf(followUpAgent))).toMatchObject({ code: 'recused' });
    expect(recuse(order, { name: 'x', unit: null, reason: ' ' }, settingOf(shiftLeader))).toMatchObject({
      code: 'reason-missing',
    });
    const twice = recuse(marked, { name: inspector.name, unit: null, reason: 'again' }, settingOf(shiftLeader));
    expect(twice).toMatchObject({ facts: [] });
  });

  test('a judge drawn who is marked by somebody else loses the seat, and what was said before stays', () => {
    const order = judged(openCase(), all(true, true).slice(2)).order;
    const [spoken, other] = caseOf(order).seats;
    const mark = (o: WorkOrder, post: string) =>
      saved(o, recuse(o, { name: `${post} a`, unit: null, reason: 'x' }, settingOf(inspector))).order;
    const next = mark(mark(order, other?.post ?? ''), spoken?.post ?? '');
    expect(
      caseOf(next)
        .seats.slice(0, 2)
        .map((s) => s.left),
    ).toEqual([null, 'recused']);
    expect(seated(caseOf(next).seats)).toHaveLength(bench);
  });
});

describe('judges asked by hand', () => {
  const draws = (order: WorkOrder, who: Actor = inspector) =>
    decide(order, { action: 'judge', said: { cause: 'inspection', reason: 'looked wrong' } }, settingOf(who));

  test('of a closed order: “rework” sends it back, the rest leaves it closed and says so', () => {
    const closed = answered(askedOf(), yes).order;
    const asked = saved(closed, draws(closed)).order;
    expect(asked).toMatchObject({ state: 'closed', judgements: [{ cause: 'inspection', state: 'open' }] });
    const back = judged(asked, all(true, false)).order;
    expect(back).toMatchObject({ state: 'rework', reworks: 1, reopened: false });
    expect(judged(asked, all(false, false)).order.notes.at(-1)).toMatchObject({ public: true });
    expect(judged(asked, all(false, false)).order).toMatchObject({
      state: 'closed',
      judgements: [{ finding: 'explain' }],
    });
    const archive = decide(asked, { action: 'archive', said: {} }, settingOf(theSystem, at('2026-06-01 09:00')));
    expect(archive).toMatchObject({ code: 'too-early' });
  });

  test('one case a round; not by the unit, a resident or a neighbour, and not of an order that is worked on', () => {
    const closed = answered(askedOf(), yes).order;
    const asked = saved(closed, draws(closed)).order;
    expect(draws(asked)).toMatchObject({ code: 'judged-already' });
    for (const who of [resident, neighbour, followUpAgent, judge])
      expect(draws(closed, who)).toMatchObject({ code: 'not-yours' });
    expect(draws(anOrder('handling'))).toMatchObject({ code: 'wrong-state' });
  });

  test('while they weigh an order that is followed up it does not close, and its answers come before them', () => {
    const order = askedOf();
    const asked = saved(order, draws(order)).order;
    const answer = saved(asked, answerFollowUp(asked, 'f0', yes, settingOf(followUpAgent))).order;
    expect(answer.state).toBe('following_up');
    expect(judged(answer, all(true, true)).order.state).toBe('closed');
    expect(judged(answer, all(true, false)).order.state).toBe('rework');
  });
});
