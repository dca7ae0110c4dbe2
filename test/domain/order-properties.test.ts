import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerFollowUp } from '../../src/domain/answer.ts';
import { type Approval, approvalKinds, askable } from '../../src/domain/approval.ts';
import { ask, lapse, rule, takeBack } from '../../src/domain/approvals.ts';
import { finished } from '../../src/domain/asking.ts';
import { isUnder } from '../../src/domain/city.ts';
import { allowedActions, type Command, type Decision, decide, settle } from '../../src/domain/decide.ts';
import { giveOpinion, replaceSilent } from '../../src/domain/judging.ts';
import { defaultLadder } from '../../src/domain/ladder-rows.ts';
import { lateMarks } from '../../src/domain/late-mark.ts';
import { actions, lifecycle, type Row } from '../../src/domain/lifecycle.ts';
import type { Setting } from '../../src/domain/obstacles.ts';
import { outlives } from '../../src/domain/overtaken.ts';
import { awaited } from '../../src/domain/panel.ts';
import { partiesOf } from '../../src/domain/parties.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import { fillSeats } from '../../src/domain/seating.ts';
import { after, type Instant, minutes } from '../../src/domain/time.ts';
import { fireOrder } from '../../src/domain/when-due.ts';
import { type Actor, isOpen, states, theSystem, type WorkOrder } from '../../src/domain/work-order.ts';
import { anOrder, city, clerk, everybody, inside, judge, monday, nowhere, registered } from '../support/orders.ts';
import { asks } from '../support/powers.ts';

/** One thing somebody tries: mostly what somebody may do now, sometimes anything at all. */
type Try = Readonly<{ pick: number; who: number; wait: number; flags: number; unit: number; wild: boolean }>;

const tries = fc.array(
  fc.record({
    pick: fc.nat(10_000),
    who: fc.nat(10_000),
    wait: fc.constantFrom(0, 1, 7, 45, 300, 1500, 4000),
    flags: fc.nat(255),
    unit: fc.nat(10_000),
    wild: fc.nat(4).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 40 },
);
const reports = fc.record({
  category: fc.constantFrom(...[...city.categories.values()].filter((c) => c.leaf).map((c) => c.code), null),
  urgency: fc.constantFrom('normal', 'urgent', 'emergency'),
  kind: fc.constantFrom('help', 'consult', 'complaint'),
  disposition: fc.constantFrom('auto', 'hold', null),
  reachable: fc.boolean(),
  confidential: fc.boolean(),
  channel: fc.constantFrom('hotline', 'grid_worker'),
  placement: fc.constantFrom(inside(), inside('DB1'), nowhere),
  by: fc.constantFrom(...everybody.filter((a) => a.name === 'operator' || a.name === 'grid worker')),
  externalDueAt: fc.constantFrom(null, after(monday, minutes(3000))),
} as const);

/** An order whose resident was not helped, and whose unit says that the answer should not count. */
function contested(reason: 'policy' | 'not_done', claim: 'untrue' | 'force_majeure'): WorkOrder {
  const { id = '' } = anOrder('following_up').followUps[0] ?? {};
  const said = { contacted: true, solved: 'no', satisfaction: 'dissatisfied', reason } as const;
  const answer = { ...said, askedToChange: null, comment: null };
  const agent = everybody.find((a) => a.roles.includes('follow_up_agent')) as Actor;
  const answered = answerFollowUp(anOrder('following_up'), id, answer, { city, now: monday, actor: agent });
  if (answered.kind === 'refused') throw new Error(answered.code);
  const { order } = settle(answered, { city, now: monday, actor: agent });
  const terms = { class: claim, evidence: 'a photo' };
  const asked = ask(
    order,
    { kind: 'exclusion', reason: 'so it was', terms },
    { city, now: monday, actor: clerk(order.owner) },
  );
  if (asked.kind === 'refused') throw new Error(asked.code);
  return asked.order;
}

/** Where a walk begins: with a request just taken, or well on its way. */
const starts: fc.Arbitrary<WorkOrder> = fc.oneof(
  reports.map((report) => registered(report as Parameters<typeof registered>[0]).order),
  fc.constantFrom(...states.filter((state) => state !== 'archived')).map((state) => anOrder(state)),
  fc
    .tuple(fc.constantFrom('policy', 'not_done'), fc.constantFrom('untrue', 'force_majeure'))
    .map((of) => contested(...of)),
);

const unitCodes = [...city.units.keys()];
const oneOf = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

/** Words for an action, some good and some not. */
function wordsFor(action: string, { flags, unit, pick }: Try, now: Instant): object {
  const [a, b, c] = [(flags & 1) === 1, (flags & 2) === 2, (flags & 4) === 4];
  const later = after(now, minutes(60 * (1 + (pick % 80))));
  const lead = { unit: oneOf(unitCodes, unit), basis: a ? 'by agreement' : undefined };
  const passed = { passed: a || b, reason: c ? 'look again' : undefined };
  const evidence = ['before', 'after'].map((stage) => ({ attachmentId: 'photo', stage }));
  const known: Record<string, object> = {
    correct: {
      category: a ? oneOf([...city.categories.keys()], pick) : undefined,
      urgency: b ? oneOf(['normal', 'urgent', 'emergency'], pick) : undefined,
      placement: c ? inside('DB1') : undefined,
    },
    place: { placement: inside(), reason: 'heard' },
    split: { orders: [] },
    answer: { text: 'like this' },
    refer: { to: 'wishes', reason: 'a wish' },
    merge: { into: 'another', number: 'n' },
    unmerge: { disposition: a ? 'auto' : 'hold' },
    'self-handle': { text: 'swept', result: 'solved', evidence: a ? evidence : [] },
    dispatch: a ? {} : lead,
    redispatch: { ...lead, reason: 'a slip' },
    'move-duty': { ...lead, basis: 'moved', reason: 'moved' },
    'pass-down': { unit: oneOf(unitCodes, unit) },
    designate: lead,
    contact: { how: 'phone', whom: 'resident', outcome: oneOf(['reached', 'no_answer', 'not_applicable'], pick) },
    assign: { to: oneOf([...unitCodes, 'grid worker'], unit), task: 'look', dueAt: a ? later : undefined },
    promise: { dueAt: later },
    submit: {
      result: a ? 'solved' : 'cannot',
      text: 'done',
      evidence: b ? [{ text: 'photo' }] : [],
      requesterTold: true,
    },
    review: passed,
    verify: passed,
    reopen: { reason: a ? 'still dark' : undefined },
    withdraw: { requestId: 'r1' },
    note: { text: 'seen', public: a, mark: oneOf(['make_safe', 'site_visit', 'progress', undefined], pick) },
    assist: { unit: oneOf(unitCodes, unit), task: 'pump' },
    watch: { unit: oneOf(unitCodes, unit), why: 'curious' },
    void: { reason: 'a test call' },
    judge: { cause: oneOf(['inspection', 'complaint'] as const, pick), reason: 'unfair' },
  };
  return known[action] ?? {};
}

type Attempt = Readonly<{ what: string; actor: Actor; outcome: Decision | Refusal }>;

/** What the try comes to on this order; `again` repeats it on other input. */
function attempt(order: WorkOrder, each: Try, now: Instant): { what: string; again: (o: WorkOrder) => Attempt } {
  const settingFor = (actor: Actor): Setting => ({ city, now, actor });
  const choice = each.pick % 14;
  if (choice >= 12) return { what: 'time', again: (o) => passed(o, now) };
  const pending = order.approvals.filter((a) => a.state === 'pending');
  const some = oneOf(everybody, each.who);
  if (choice <= 1) {
    const here = approvalKinds.filter((k) => (askable[k].from as readonly string[]).includes(order.state));
    const kind = oneOf(here.length === 0 ? approvalKinds : here, each.unit);
    const terms = {
      basis: 'no power here',
      power: 'no power here',
      proposedUnit: oneOf(unitCodes, each.who),
      unit: oneOf(unitCodes, each.who),
      dueAt: after(now, minutes(60 * 24 * 9)),
      until: after(now, minutes(60 * 24 * 5)),
      cause: oneOf(['waiting_for_requester', 'legal_process', 'season_or_engineering'] as const, each.flags),
      plan: 'later',
      class: kind === 'exclusion' ? oneOf(['untrue', 'policy', 'force_majeure'] as const, each.flags) : 'no_facts',
      explanation: 'nothing there',
      mark: oneOf(lateMarks, each.flags),
      evidence: 'the platform was away',
    } as const;
    // Mostly somebody who may.
    const able = everybody.filter(
      (a) => ask(order, { kind, reason: 'because', terms }, settingFor(a)).kind === 'decided',
    );
    const actor = each.wild || able.length === 0 ? some : oneOf(able, each.who);
    return {
      what: `ask ${kind}`,
      again: (o) => ({ what: kind, actor, outcome: ask(o, { kind, reason: 'because', terms }, settingFor(actor)) }),
    };
  }
  const waiting = pending[0];
  if (choice <= 5 && waiting !== undefined) {
    const verdict = { granted: (each.flags & 3) !== 0, reason: 'so be it' };
    const able = everybody.filter((actor) => rule(order, waiting.id, verdict, settingFor(actor)).kind === 'decided');
    const actor = each.wild || able.length === 0 ? some : oneOf(able, each.who);
    if ((each.flags & 12) === 12)
      return {
        what: 'lapse',
        again: (o) => ({ what: 'lapse', actor, outcome: lapse(o, waiting.id, settingFor(actor)) }),
      };
    if ((each.flags & 48) === 48)
      return {
        what: 'take back',
        again: (o) => ({ what: 'take back', actor, outcome: takeBack(o, waiting.id, settingFor(actor)) }),
      };
    return {
      what: 'rule',
      again: (o) => ({ what: 'rule', actor, outcome: rule(o, waiting.id, verdict, settingFor(actor)) }),
    };
  }
  const perform =
    (actor: Actor, action: string) =>
    (o: WorkOrder): Attempt => {
      const outcome = decide(o, { action, said: wordsFor(action, each, now) } as unknown as Command, settingFor(actor));
      return {
        what: action,
        actor,
        outcome: outcome.kind === 'decided' ? settle(outcome, settingFor(actor)) : outcome,
      };
    };
  if (choice === 6 && order.state === 'following_up') return { what: 'answers', again: (o) => answered(o, each, now) };
  const claim = pending.find((a) => a.seats);
  if (claim && choice >= 10) return { what: 'reviewers', again: (o) => reviewed(o, claim.id, each, now) };
  const open = order.judgements.find((j) => j.state === 'open');
  if (open && choice >= 7 && choice <= 9) return { what: 'judges', again: (o) => judged(o, open.id, each, now) };
  if (each.wild) {
    const action = oneOf(actions, each.unit + each.who);
    return { what: action, again: perform(some, action) };
  }
  // Leaving open states is rarer than working on.
  const rare = new Set(['withdraw', 'merge', 'void', 'answer', 'refer', 'note', 'watch', 'urge', 'assist', 'split']);
  const here = actions.filter(
    (action) =>
      (lifecycle[action] as Row).from.includes(order.state) &&
      lifecycle[action].by.join() !== 'approval' &&
      (!rare.has(action) || each.flags > 200),
  );
  const action = oneOf(here.length === 0 ? actions : here, each.unit);
  const able = everybody.filter((actor) => allowedActions(order, { actor, city }).includes(action));
  const actor = able.length === 0 ? some : oneOf(able, each.who);
  return { what: action, again: perform(actor, action) };
}

/** Whatever has come due fires, however long ago. */
function passed(order: WorkOrder, now: Instant): Attempt {
  const done = fireOrder(order, defaultLadder, asks(theSystem, { now }));
  const facts = done?.facts ?? [];
  return { what: 'time', actor: theSystem, outcome: { kind: 'decided', order: done?.order ?? order, facts } };
}

/** Every resident still asked says the same. */
function answered(order: WorkOrder, { flags }: Try, now: Instant): Attempt {
  const solved = flags % 3 === 0 ? ('no' as const) : ('yes' as const);
  const reason = (flags & 8) === 8 ? ('policy' as const) : null;
  const answer = {
    contacted: true,
    solved,
    satisfaction: 'basically',
    reason,
    askedToChange: null,
    comment: null,
  } as const;
  const actor = everybody[0] as Actor;
  const setting = { city, now, actor };
  const heard = order.followUps
    .filter((f) => f.state === 'open')
    .reduce(
      (before, f) => finished(before, { ...f, state: 'answered', answeredAt: now, answer }, setting, 'answered'),
      order,
    );
  return { what: 'answers', actor, outcome: settle({ kind: 'decided', order: heard, facts: [] }, setting) };
}

/** All who are drawn say the same, or one of them falls silent. */
function judged(order: WorkOrder, id: string, { flags, pick }: Try, now: Instant): Attempt {
  const actor = everybody[0] as Actor;
  const setting: Setting = { city, now, actor };
  const seed = () => pick.toString(16).padStart(64, '0');
  let done: Decision = fillSeats(order, { kind: 'decided', order, facts: [] }, seed, setting);
  const seats = awaited(done.order.judgements.find((j) => j.id === id)?.seats ?? []);
  for (const { post } of seats.slice((flags & 64) === 64 ? 1 : 0)) {
    const as = { ...judge, name: `${post} a` };
    const said = (yes: boolean) => ({ yes, reason: 'so it is' });
    const before: Decision = done;
    const next: Decision | Refusal = giveOpinion(
      before.order,
      id,
      { reasonable: said((flags & 16) === 16), dutiful: said((flags & 32) === 32) },
      { city, now, actor: as },
    );
    if (next.kind === 'refused') return { what: 'judges', actor, outcome: next };
    done = { ...next, facts: [...before.facts, ...next.facts] };
  }
  const silent = replaceSilent(done.order, id, setting);
  if (silent.kind === 'decided') done = { ...silent, facts: [...done.facts, ...silent.facts] };
  return { what: 'judges', actor, outcome: settle(done, setting) };
}

/** Both who are drawn say the same of a claim. */
function reviewed(order: WorkOrder, id: string, { flags, pick }: Try, now: Instant): Attempt {
  const actor = everybody[0] as Actor;
  const setting: Setting = { city, now, actor };
  const seed = () => pick.toString(16).padStart(64, '0');
  let done: Decision = fillSeats(order, { kind: 'decided', order, facts: [] }, seed, setting);
  for (const { post } of awaited(done.order.approvals.find((a) => a.id === id)?.seats ?? [])) {
    const as = { ...judge, name: `${post} a`, roles: ['inspector'] as const };
    const next = rule(done.order, id, { granted: (flags & 16) === 16, reason: 'so be it' }, { city, now, actor: as });
    if (next.kind === 'refused') break; // the first refusal has decided it
    done = { ...next, facts: [...done.facts, ...next.facts] };
  }
  return { what: 'reviewers', actor, outcome: done };
}

const deepFrozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
};

/** Numbers of all parts of an order. */
const partsOf = (order: WorkOrder): readonly number[] =>
  [
    order.assignments,
    order.clocks,
    order.approvals,
    order.assists,
    order.innerAssignments,
    order.watchers,
    order.contacts,
    order.notes,
    order.submissions,
    order.followUps,
    order.judgements,
    order.recusals,
  ].flatMap((list) => list.map(({ seq }) => seq));

type Step = Readonly<{ before: WorkOrder; done: Attempt; order: WorkOrder; now: Instant }>;

/** What holds after every step. */
const invariants: Readonly<Record<string, (step: Step) => void>> = {
  'exactly one unit is responsible while an order is open, and none after': ({ order }) => {
    const active = order.assignments.filter((a) => a.to === null);
    expect(active.map((a) => a.unit)).toEqual(isOpen(order.state) ? [order.owner] : []);
  },
  'the version rises exactly when state or owner changes': ({ before, order, done }) => {
    if (done.outcome.kind === 'refused') return;
    const moved = before.state !== order.state || before.owner !== order.owner;
    if (moved) expect(order.version).toBeGreaterThan(before.version);
    let [version, state, owner]: [number, unknown, string | null] = [before.version, before.state, before.owner];
    for (const { body, unit } of done.outcome.facts.filter((f) => 'version' in f.body)) {
      expect(body.version).toBe(state !== body.to || owner !== unit ? version + 1 : version);
      [version, state, owner] = [Number(body.version), body.to, unit];
    }
    expect(order).toMatchObject({ version, state, owner });
  },
  'never do two clocks of a kind run for the same thing': ({ order }) => {
    const going = order.clocks.filter((c) => c.state !== 'stopped').map((c) => `${c.kind} ${c.about}`);
    expect(new Set(going).size, going.join()).toBe(going.length);
  },
  'an end stops every clock but that of a decision that outlives it': ({ order }) => {
    if (isOpen(order.state)) return;
    const going = order.clocks.filter((c) => c.state !== 'stopped');
    const waiting = new Set([
      ...order.approvals.filter((a) => outlives(a) && a.state === 'pending').map((a) => a.id),
      ...order.judgements.filter((j) => j.state === 'open').map((j) => j.id),
      ...order.followUps.filter((f) => f.state === 'open').map((f) => f.id),
    ]);
    expect(going.filter((c) => c.about === null || !waiting.has(c.about))).toEqual([]);
  },
  'an end leaves nothing waiting but what outlives it': ({ order }) => {
    if (isOpen(order.state)) return;
    expect(order.approvals.filter((a) => a.state === 'pending' && !outlives(a))).toEqual([]);
    expect(order.followUps.filter((f) => f.state === 'open' && f.occasion !== 'answered')).toEqual([]);
    expect(order.endedAt).not.toBeNull();
  },
  'every clock of a decision belongs to one that is pending': ({ order }) => {
    const isTimed = (a: Approval) => a.state === 'pending' && a.terms.judgement === undefined;
    const pending = order.approvals.filter(isTimed).map((a) => a.id);
    const going = order.clocks.filter((c) => c.state !== 'stopped' && ['decision', 'arbitration'].includes(c.kind));
    expect(new Set(going.map((c) => c.about))).toEqual(new Set(pending));
  },
  'a case before judges has its clock as long as it is open, and one of a round that is over is not': ({ order }) => {
    const open = order.judgements.filter((j) => j.state === 'open');
    const going = order.clocks.filter((c) => c.state !== 'stopped' && c.kind === 'judgement');
    expect(new Set(going.map((c) => c.about))).toEqual(new Set(open.map((j) => j.id)));
    const moving = open.filter((j) => j.cause !== 'exclusion');
    expect(moving.filter((j) => j.round !== order.reworks + 1)).toEqual([]);
    expect(moving.length === 0 || ['following_up', 'closed'].includes(order.state)).toBe(true);
  },
  'a claim before judges waits exactly as long as they do': ({ order }) => {
    for (const { state, terms } of order.approvals.filter(
      (a) => a.terms.judgement !== undefined && a.state !== 'withdrawn',
    ))
      expect(order.judgements.find((j) => j.id === terms.judgement)?.state === 'open').toBe(state === 'pending');
  },
  'nobody who is drawn to judge is of the side of those who are judged': ({ before, order }) => {
    const sat = new Set(before.judgements.flatMap((j) => j.seats.map(({ post }) => `${j.id} ${post}`)));
    const drawn = order.judgements.flatMap((j) => j.seats.filter(({ post }) => !sat.has(`${j.id} ${post}`)));
    for (const { unit } of drawn)
      expect([order.owner, ...order.leads].some((led) => led !== 'hotline' && isUnder(city, unit, led))).toBe(false);
  },
  'what waits for a decision can still be granted': ({ order }) => {
    const work = ['dispatched', 'signed', 'handling'];
    const held = [...work, 'rework', 'suspended', 'on_account'];
    const possible: Record<string, readonly string[]> = {
      return: order.returns > 1 ? held : work,
      dispute: held,
      extension: held,
      suspension: ['handling'],
      on_account: ['handling', 'on_account'], // there it is renewed
      hand_over: ['signed', 'handling'],
      termination: held.slice(1),
      rejection: ['registered', 'accepted'],
    };
    for (const { kind, state } of order.approvals)
      if (state === 'pending' && possible[kind] !== undefined) expect(possible[kind], kind).toContain(order.state);
    for (const a of order.approvals) expect(possible[a.kind] === undefined, a.kind).toBe(outlives(a));
  },
  'a designated unit cannot return': ({ order, now }) => {
    if (order.assignments.findLast((a) => a.to === null)?.cause !== 'designated') return;
    const terms = { basis: 'no', proposedUnit: order.owner === 'water' ? 'lights' : 'water' };
    for (const actor of everybody)
      expect(ask(order, { kind: 'return', reason: 'no', terms }, { city, now, actor }).kind).toBe('refused');
  },
  'nobody of the owner’s verifies': ({ order }) => {
    if (order.state !== 'verifying') return;
    for (const actor of everybody)
      if (actor.unit !== null && isUnder(city, actor.unit, order.owner))
        expect(partiesOf(actor, order, city)).not.toContain('verifier');
  },
  'numbers of parts only grow and are never given twice': ({ before, order }) => {
    const parts = partsOf(order);
    expect(new Set(parts).size).toBe(parts.length);
    expect(Math.max(...parts)).toBeLessThanOrEqual(order.seq);
    expect(order.seq).toBeGreaterThanOrEqual(before.seq);
    const ids = [...order.approvals, ...order.assists, ...order.followUps].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const kept = new Set(parts);
    expect(partsOf(before).filter((seq) => !kept.has(seq))).toEqual([]);
  },
  'facts tell the way from state to state without a gap': ({ before, order, done }) => {
    if (done.outcome.kind === 'refused') return;
    let state: unknown = before.state;
    for (const { body } of done.outcome.facts.filter(
      (f) => 'from' in f.body && 'to' in f.body && 'version' in f.body,
    )) {
      expect(body.from).toBe(state);
      state = body.to;
    }
    expect(order.state).toBe(state);
  },
  'an order is plain data': ({ order }) => {
    expect(JSON.parse(JSON.stringify(order))).toEqual(order);
  },
  'the resident clock starts once, at registration': ({ order }) => {
    const resident = order.clocks.filter((c) => c.kind === 'resident');
    expect(resident.map((c) => c.startedAt)).toEqual([order.registeredAt]);
  },
  'the resident clock of an open order runs, or waits where the unit may pause it': ({ order }) => {
    const resident = order.clocks.find((c) => c.kind === 'resident');
    if (!isOpen(order.state)) return;
    if (order.state === 'following_up') expect(resident?.state).toBe('stopped');
    else if (order.state === 'suspended' || order.state === 'on_account') expect(resident?.state).not.toBe('stopped');
    else expect(resident?.state).toBe('running');
  },
  'only a pause lets a unit’s clock stand still': ({ order }) => {
    if (order.state === 'suspended' || order.state === 'on_account') return;
    expect(order.clocks.filter((c) => c.state === 'paused')).toEqual([]);
  },
  'who holds the work has a limit for it': ({ order }) => {
    const going = new Set(order.clocks.filter((c) => c.state !== 'stopped').map((c) => c.kind));
    if (order.state === 'dispatched') expect(going).toContain('sign');
    if (['dispatched', 'signed'].includes(order.state)) expect(going).toContain('resolve');
    if (order.state === 'handling') expect(going.has('resolve') || going.has('rework')).toBe(true);
    if (order.state === 'rework') expect(going).toContain('rework');
    if (order.state === 'registered' || order.state === 'accepted') expect(going).toContain('dispatching');
    if (order.state === 'submitted') expect(going).toContain('review');
    if (order.state === 'verifying') expect(going).toContain('verify');
    if (order.state === 'suspended' || order.state === 'on_account') expect(going).toContain('pause_end');
    else expect(going).not.toContain('pause_end');
  },
  'what has come due fires once, in the order of its moments, none before its own, and leaves nothing due': (step) => {
    const { before, order, done, now } = step;
    for (const clock of order.clocks) expect(new Set(clock.fired).size).toBe(clock.fired.length);
    if (done.what !== 'time' || done.outcome.kind === 'refused') return;
    // What was paused or had stopped may go on because of what fires, late as it is.
    const ran = new Set(before.clocks.filter((c) => c.state === 'running').map((c) => c.seq));
    const moments = done.outcome.facts.flatMap(({ type, body: { rungAt, clock } }) =>
      type === 'rung_fired' && ran.has((clock as { seq: number } | undefined)?.seq ?? 0) ? [Number(rungAt)] : [],
    );
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(Math.max(0, ...moments)).toBeLessThanOrEqual(now);
    expect(fireOrder(order, defaultLadder, asks(theSystem, { now }))).toBeNull();
  },
  'nobody assists itself, and a third lead or rework is a problem order': ({ order }) => {
    if (order.leads.length >= 3 || order.reworks >= 3) expect(order.problem).toBe(true);
  },
};

const visited = new Map<string, number>();

/** Every invariant is held against every step of the same walks; a walk that breaks one is shortened as far as it goes. */
const broken = fc.check(
  fc.property(starts, tries, (first, walk) => {
    let now = monday;
    let order = deepFrozen(first);
    for (const each of walk) {
      now = after(now, minutes(each.wait));
      const { again, what } = attempt(order, each, now);
      const before = order;
      const done = again(before);
      if (done.outcome.kind === 'decided') order = deepFrozen(done.outcome.order);
      const key = `${what} ${done.outcome.kind}`;
      visited.set(key, (visited.get(key) ?? 0) + 1).set(order.state, (visited.get(order.state) ?? 0) + 1);
      for (const [title, holds] of Object.entries(invariants)) {
        try {
          holds({ before, done, order, now });
        } catch (error) {
          throw new Error(title, { cause: error });
        }
      }
    }
  }),
  { numRuns: 1500 },
);

test.each(Object.keys(invariants))('on every walk: %s', (title) => {
  const error = broken.errorInstance;
  if (error instanceof Error && error.message === title)
    throw new Error(fc.stringify(broken.counterexample), { cause: error.cause });
  expect([null, ...Object.keys(invariants)]).toContain(error instanceof Error ? error.message : error);
});

test('deciding twice gives the same, and changes nothing of what it was given', () => {
  fc.assert(
    fc.property(starts, tries, (first, walk) => {
      let now = monday;
      let order = deepFrozen(first);
      for (const each of walk) {
        now = after(now, minutes(each.wait));
        const { again } = attempt(order, each, now);
        const text = JSON.stringify(order);
        const done = again(order);
        expect(again(order)).toEqual(done);
        expect(again(JSON.parse(text) as WorkOrder)).toEqual(done);
        expect(JSON.stringify(order)).toBe(text);
        if (done.outcome.kind === 'decided') order = deepFrozen(done.outcome.order);
      }
    }),
    { numRuns: 300 },
  );
});

test('the walks went everywhere', () => {
  const unseen = [
    'suspended',
    'on_account',
    'rework',
    'verifying',
    'following_up',
    'closed',
    'submitted',
    'terminated',
    'judges decided',
    'reviewers decided',
  ].filter((state) => !visited.has(state));
  expect(unseen).toEqual([]);
  expect([...visited.keys()].filter((k) => k.endsWith(' decided')).length).toBeGreaterThan(25);
});
