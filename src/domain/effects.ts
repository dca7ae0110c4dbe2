import type { City } from './city.ts';
import type { Said } from './commands.ts';
import { sendsBack } from './follow-up.ts';
import type { Action } from './lifecycle.ts';
import { type Setting, selfHandler } from './obstacles.ts';
import {
  assistLimit,
  endClock,
  endClocks,
  pauseClocks,
  restoreStopped,
  resumeClocks,
  retier,
  startClockOf,
  strike,
} from './order-clocks.ts';
import { withdrawApprovals } from './overtaken.ts';
import { tookPart } from './parties.ts';
import { type PauseReason, pauseReasons } from './pauses.ts';
import { isAsked } from './request.ts';
import { route, unitOfLevel } from './routing.ts';
import { sampled } from './sampling.ts';
import type { Instant } from './time.ts';
import {
  type Assignment,
  type Fact,
  isReachable,
  partId,
  type State,
  type Verifier,
  type WorkOrder,
} from './work-order.ts';

/** What an action does beside moving the order: the changed order, the state where it was left open, and what else became true. */
export type Change = Readonly<{
  order: WorkOrder;
  to?: State;
  body?: Fact['body'];
  also?: readonly Omit<Fact, 'at' | 'actor'>[];
}>;
type Effect<A extends Action> = (order: WorkOrder, said: Said[A], setting: Setting) => Change;

const withPart = <K extends 'notes' | 'contacts' | 'innerAssignments' | 'watchers' | 'submissions'>(
  order: WorkOrder,
  list: K,
  part: Omit<WorkOrder[K][number], 'seq'>,
): WorkOrder => ({ ...order, seq: order.seq + 1, [list]: [...order[list], { ...part, seq: order.seq + 1 }] });

/** Makes a unit the one responsible: the ledger, the count of leads, and what falls with the former owner. */
export function give(
  order: WorkOrder,
  to: Readonly<{ unit: string; cause: Assignment['cause']; basis: string }>,
  setting: Setting,
): Change {
  const { now, city } = setting;
  const seq = order.seq + 1;
  const ended = order.assignments.map((a) => (a.to === null ? { ...a, to: now } : a));
  const counted = to.cause !== 'passed_down' && to.cause !== 'self_handled' && !order.leads.includes(to.unit);
  const leads = counted ? [...order.leads, to.unit] : order.leads;
  const given = withdrawApprovals(
    {
      ...order,
      seq,
      owner: to.unit,
      designated: to.cause === 'designated',
      leads,
      clerk: null,
      signedAt: null,
      signedLate: false,
      verifier: null,
      dispatchedAt: now,
      assignments: [
        ...ended,
        { seq, role: 'lead', unit: to.unit, cause: to.cause, basis: to.basis, from: now, to: null },
      ],
      // What stood still for the former owner goes on for the resident.
      clocks: resumeClocks(order.clocks, setting),
    },
    setting,
  );
  const unit = city.units.get(to.unit);
  const received = unit?.kind === 'district' ? startClockOf(given, 'pass_down', setting) : given;
  const broken = asProblem(copied(received, to.unit, setting), leads.length >= 3 && counted, city);
  return { order: broken.order, body: { unit: to.unit, cause: to.cause, basis: to.basis }, also: broken.also ?? [] };
}

/** The line bureau of a stationed unit and the supervising unit of a property company get copies, as watchers. */
function copied(order: WorkOrder, owner: string, { city, now }: Setting): WorkOrder {
  const unit = city.units.get(owner);
  const copies = [
    { unit: unit?.line ?? null, why: 'line_bureau' },
    { unit: unit?.kind === 'property_company' ? unit.parent : null, why: 'supervising_unit' },
  ].filter((copy) => copy.unit !== null && !order.watchers.some((w) => w.unit === copy.unit));
  return copies.reduce((o, copy) => withPart(o, 'watchers', { ...copy, actor: null, since: now }), order);
}

/** Dispatched by the directory: the other units it names help from the start, each with a deadline of its own. */
function withCoHandlers({ order, ...given }: Change, setting: Setting): Change {
  // An assist is due at a share of what the lead has, so the lead's clocks come first.
  const started = (['sign', 'contact', 'resolve'] as const).reduce((o, kind) => startClockOf(o, kind, setting), order);
  const helpers = order.routing.coHandlers.filter(
    (unit) =>
      setting.city.units.has(unit) &&
      unit !== order.owner &&
      !order.assists.some((a) => a.unit === unit && a.completedAt === null),
  );
  return helpers.reduce<Change>(
    (change, unit) => {
      const helped = assisted(change.order, { unit, task: 'co_handler' }, setting);
      const { id } = helped.assists.at(-1) ?? { id: null };
      return {
        ...change,
        order: helped,
        also: [...(change.also ?? []), { type: 'assist_given', unit, body: { assist: id, unit, why: 'co_handler' } }],
      };
    },
    { ...given, order: started },
  );
}

/** Adds an assist with its clock. */
function assisted(order: WorkOrder, { unit, task }: Said['assist'], setting: Setting): WorkOrder {
  const seq = order.seq + 1;
  const id = partId(order.id, seq);
  const dueAt = assistLimit(order, setting);
  const assist = { seq, id, unit, task, from: setting.now, dueAt, completedAt: null, result: null };
  return startClockOf({ ...order, seq, assists: [...order.assists, assist] }, 'assist', setting, {
    dueAt,
    about: id,
    unit,
  });
}

/** The ping-pong breaker: the third distinct lead or the third rework makes a problem order, one level up (提级办理). */
function asProblem(order: WorkOrder, third: boolean, city: City): Change {
  if (!third || order.problem) return { order };
  const superior = city.units.get(order.owner)?.parent ?? null;
  return {
    order: { ...order, problem: true },
    also: [{ type: 'problem_order', unit: superior, body: { leads: order.leads, reworks: order.reworks } }],
  };
}

/** Everything that stops when nobody owes anything any more. */
export function end(order: WorkOrder, setting: Setting, ending: WorkOrder['ending'] = null): WorkOrder {
  const { now } = setting;
  const withdrawn = withdrawApprovals(order, setting);
  return {
    ...withdrawn,
    ending,
    endedAt: now,
    assignments: withdrawn.assignments.map((a) => (a.to === null ? { ...a, to: now } : a)),
    clocks: withdrawn.clocks.map((c) => (objectionClock(withdrawn, c.about) ? c : endClock(c, setting, 'ended'))),
    followUps: withdrawn.followUps.map((f) => (f.state === 'open' ? { ...f, state: 'cancelled' } : f)),
  };
}

const objectionClock = (order: WorkOrder, about: string | null): boolean =>
  order.approvals.some((a) => a.id === about && a.kind === 'objection' && a.state === 'pending');

/** An ended order lives again, under the same owner unless another is named. */
export function revive(order: WorkOrder, { now }: Setting, basis: string, unit: string = order.owner): WorkOrder {
  const seq = order.seq + 1;
  return {
    ...order,
    seq,
    owner: unit,
    endedAt: null,
    ending: null,
    assignments: [...order.assignments, { seq, role: 'lead', unit, cause: 'revived', basis, from: now, to: null }],
  };
}

/** Back to the hotline centre, which leads until the next dispatch. */
const toHotline = (order: WorkOrder, setting: Setting, basis: string): WorkOrder => ({
  ...revive(order, setting, basis, order.assignments[0]?.unit),
  designated: false,
  clerk: null,
  signedAt: null,
  signedLate: false,
  verifier: null,
});

/** Asks every resident of the order who can be asked, once per round. */
export function openFollowUps(order: WorkOrder, { now }: Setting): WorkOrder {
  const asked = order.requests.filter(isAsked);
  const round = order.reworks + 1;
  return {
    ...order,
    seq: order.seq + asked.length,
    followUps: [
      ...order.followUps,
      ...asked.map((r, i) => ({
        seq: order.seq + i + 1,
        id: partId(order.id, order.seq + i + 1),
        request: r.id,
        round,
        state: 'open' as const,
        openedAt: now,
        answeredAt: null,
        by: null,
        answer: null,
      })),
    ],
  };
}

/** To the residents: their clock stops, they are asked, and the follow-up has its own limit. */
export const toFollowUp = (order: WorkOrder, setting: Setting): WorkOrder => {
  const asked = openFollowUps(endClocks(order, ['resident'], setting, 'following_up'), setting);
  return asked.followUps.some((f) => f.state === 'open') ? startClockOf(asked, 'follow_up', setting) : asked;
};

/** Back to the same unit for three working days, with the resident's own limit running on as if it had never stopped. */
export function toRework(order: WorkOrder, setting: Setting): Change {
  const back: WorkOrder = {
    ...order,
    reworks: order.reworks + 1,
    clerk: null,
    verifier: null,
    followUps: order.followUps.map((f) => (f.state === 'open' ? { ...f, state: 'cancelled' as const } : f)),
    clocks: restoreStopped(order.clocks, ['resident'], setting, 'rework'),
  };
  const { order: checked, also = [] } = asProblem(back, back.reworks >= 3, setting.city);
  return { order: startClockOf(checked, 'rework', setting), to: 'rework', also };
}

/** Who looks whether it is done: for a department's work the finder, else a grid worker, else the street; up one level for the rest. */
export function verifierFor(order: WorkOrder, { city }: Setting): Verifier {
  const kind = city.units.get(order.owner)?.kind;
  const path = order.placement.path.map((step) => step.code);
  const street = unitOfLevel(city, 'street', path)?.code ?? null;
  const parent = city.units.get(order.owner)?.parent ?? null;
  if (kind === 'community') return { party: 'street', unit: parent, actor: null };
  if (kind === 'street') return { party: 'district', unit: parent, actor: null };
  if (kind === 'district' || kind === 'hotline_centre') return { party: 'inspector', unit: null, actor: null };
  const { finder } = order;
  if (finder !== null && !tookPart(finder, order, city))
    return { party: 'finder', unit: finder.unit, actor: finder.actor };
  if (unitOfLevel(city, 'community', path) !== undefined) return { party: 'grid_worker', unit: null, actor: null };
  return street === null || street === order.owner
    ? { party: 'inspector', unit: null, actor: null }
    : { party: 'street', unit: street, actor: null };
}

/** Asks the directory again, after a change of category or place. */
export function reroute(order: WorkOrder, setting: Setting): WorkOrder {
  const { city } = setting;
  const category = order.category === null ? undefined : city.categories.get(order.category);
  const placement =
    category?.needsPlace === false && order.placement.status === 'unplaced'
      ? { ...order.placement, status: 'not_needed' as const }
      : order.placement;
  const routing = route(
    city,
    category,
    placement.path.map((step) => step.code),
    placement.status,
  );
  return withTier({ ...order, placement, routing }, setting);
}

/** How long it may take: by urgency, then by kind, then as the directory or the category says. */
function withTier(order: WorkOrder, { city }: Setting): WorkOrder {
  const category = order.category === null ? undefined : city.categories.get(order.category);
  if (order.urgency === 'emergency') return { ...order, tier: 'emergency' };
  if (order.kind === 'consult') return { ...order, tier: 'consult' };
  return { ...order, tier: order.routing.tier ?? category?.tier ?? 'ordinary' };
}

const leadOf = (
  order: WorkOrder,
  said: { unit?: string | undefined; basis?: string | undefined },
): { unit: string; basis: string } => ({
  unit: said.unit ?? order.routing.unit ?? '',
  basis: said.basis ?? order.routing.row?.dutyBasis ?? '',
});

/** What each action does beside moving the order. An action that is not here only moves it. */
export const effects: { readonly [A in Action]?: Effect<A> } = {
  correct: (order, said, setting) => {
    const changed = {
      ...order,
      category: said.category ?? order.category,
      urgency: said.diversion ? ('emergency' as const) : (said.urgency ?? order.urgency),
      placement: said.placement ?? order.placement,
      diversion: said.diversion ?? order.diversion,
    };
    const asks = said.category !== undefined || said.placement !== undefined;
    const corrected = asks ? reroute(changed, setting) : withTier(changed, setting);
    return {
      order: retier(corrected, setting),
      body: {
        category: corrected.category,
        urgency: corrected.urgency,
        area: corrected.placement.path.at(-1)?.code ?? null,
        reason: said.reason ?? null,
      },
    };
  },
  place: (order, said, setting) => ({
    order: reroute({ ...order, placement: said.placement }, setting),
    body: { area: said.placement.path.at(-1)?.code ?? null, method: said.placement.method, reason: said.reason },
  }),
  split: (order, said) => ({ order, body: { orders: said.orders } }),
  answer: (order, said, setting) => ({
    order: end(order, setting, { ...said }),
    body: { articleId: said.articleId ?? null },
  }),
  refer: (order, said, setting) => ({
    order: end(order, setting, said),
    body: { referredTo: said.to, reason: said.reason },
  }),
  void: (order, said, setting) => ({ order: end(order, setting, said), body: said }),
  reject: (order, said, setting) => ({
    order: end(order, setting, { class: said.class, text: said.explanation }),
    body: { class: said.class },
  }),
  terminate: (order, said, setting) => ({ order: end(order, setting, said), body: said }),
  merge: (order, said, setting) => ({
    order: { ...end(order, setting, { to: said.number }), mergedInto: said.into, requests: [] },
    body: { into: said.into },
  }),
  unmerge: (order, said, setting) => ({
    order: {
      ...toHotline(order, setting, 'unmerge'),
      clocks: restoreStopped(order.clocks, ['resident'], setting, 'unmerge'),
      disposition: said.disposition,
      mergedInto: null,
    },
  }),
  'self-handle': (order, said, setting) => {
    const unit = selfHandler(order, setting.actor, setting.city);
    const given = give(order, { unit, cause: 'self_handled', basis: 'own duty list' }, setting);
    const worked = startClockOf(given.order, 'resolve', setting);
    const done = {
      ...endClocks(worked, ['resolve'], setting, 'submit'),
      signedAt: setting.now,
      clerk: setting.actor.name,
    };
    return { ...given, order: submission(done, { ...said, requesterTold: true }, setting) };
  },
  dispatch: (order, said, setting) =>
    withCoHandlers(give(order, { ...leadOf(order, said), cause: 'dispatched' }, setting), setting),
  redispatch: (order, said, setting) =>
    withCoHandlers(give(order, { ...leadOf(order, said), cause: 'redispatched' }, setting), setting),
  'move-duty': (order, said, setting) =>
    give(order, { unit: said.unit, basis: said.basis, cause: 'redispatched' }, setting),
  'pass-down': (order, said, setting) =>
    give(order, { unit: said.unit, basis: said.basis ?? 'passed down', cause: 'passed_down' }, setting),
  designate: (order, said, setting) =>
    give(struck(order, said.since, setting), { unit: said.unit, basis: said.basis, cause: 'designated' }, setting),
  return: (order, said, setting) =>
    give(struck(order, said.since, setting), { unit: said.unit, basis: said.basis, cause: 'returned' }, setting),
  hand_over: (order, said, setting) => {
    const finder = order.owner;
    const given = give(order, { ...said, cause: 'handed_over' }, setting);
    return {
      ...given,
      order: withPart(given.order, 'watchers', { unit: finder, actor: null, why: 'finder', since: setting.now }),
    };
  },
  sign: (order, said, { actor, now }) => ({
    order: { ...order, clerk: said.clerk ?? actor.name, signedAt: order.signedAt ?? now },
    body: { clerk: said.clerk ?? actor.name },
  }),
  sign_by_timeout: (order, _said, { now }) => ({
    order: { ...order, signedLate: true, signedAt: now },
    also: [{ type: 'urged', unit: order.owner, body: { why: 'sign limit passed' } }],
  }),
  contact: (order, said, setting) => {
    const { actor, now } = setting;
    const at = said.at ?? now;
    const logged = withPart(order, 'contacts', {
      unit: order.owner,
      actor: actor.name,
      at,
      loggedAt: now,
      how: said.how,
      whom: said.whom,
      outcome: said.outcome,
    });
    const reached = said.outcome === 'reached' || said.outcome === 'not_applicable';
    return {
      order: reached ? endClocks(logged, ['contact'], setting, 'contact') : logged,
      to: order.state === 'suspended' ? 'suspended' : 'handling',
      body: { outcome: said.outcome, how: said.how },
    };
  },
  assign: (order, said, { actor, now }) => ({
    order: withPart(order, 'innerAssignments', {
      to: said.to,
      task: said.task,
      at: now,
      dueAt: said.dueAt ?? null,
      by: actor.name,
    }),
    body: { assignee: said.to, dueAt: said.dueAt ?? null },
  }),
  promise: (order, said, setting) => ({
    order: startClockOf(endClocks(order, ['promise'], setting, 'promised anew'), 'promise', setting, {
      dueAt: said.dueAt,
    }),
    body: { dueAt: said.dueAt },
  }),
  suspend: (order, said, setting) => ({
    order: startClockOf(paused(order, said.cause, said, setting), 'pause_end', setting, { dueAt: said.until }),
    body: { cause: said.cause, until: said.until },
  }),
  resume: (order, _said, setting) => ({ order: { ...order, clocks: resumeClocks(order.clocks, setting) } }),
  put_on_account: (order, said, setting) => {
    const still = paused(order, said.cause, said, setting);
    return {
      order: startClockOf(
        startClockOf(still, 'pause_end', setting, { dueAt: said.until }),
        'on_account_review',
        setting,
      ),
      body: { plan: said.plan, until: said.until },
    };
  },
  restore: (order, _said, setting) => ({ order: { ...order, clocks: resumeClocks(order.clocks, setting) } }),
  submit: (order, said, setting) => ({ order: submission(order, said, setting), body: { result: said.result } }),
  review: (order, said, setting) => {
    if (!said.passed)
      return {
        order: {
          ...order,
          clocks: restoreStopped(
            order.clocks,
            ['resolve', 'rework', 'promise'],
            setting,
            'review failed',
            order.submissions.at(-1)?.at,
          ),
        },
        to: 'handling',
        body: said,
      };
    const way =
      (order.category === null ? undefined : setting.city.categories.get(order.category))?.verification ?? 'desk';
    const looked = way === 'field' || way === 'desk' || (way === 'sample' && sampled(order.id, 0.2));
    if (looked)
      return { order: { ...order, verifier: verifierFor(order, setting) }, to: 'verifying', body: { passed: true } };
    return { order: toFollowUp(order, setting), to: 'following_up', body: { passed: true } };
  },
  verify: (order, said, setting) => {
    if (said.passed) return { order: toFollowUp(order, setting), body: { passed: true } };
    return { ...toRework(order, setting), body: { passed: false, reason: said.reason } };
  },
  verify_by_timeout: (order, _said, setting) => ({
    order: { ...toFollowUp(order, setting), unverified: true },
    body: { chargedTo: order.verifier },
  }),
  conclude: (order, _said, setting) => {
    const round = order.followUps.filter((f) => f.round === order.reworks + 1);
    const unsolved = round.find((f) => f.answer !== null && sendsBack(f.answer));
    if (unsolved)
      return {
        ...toRework(order, setting),
        body: { followUp: unsolved.id, comment: unsolved.answer?.comment ?? null },
      };
    return {
      order: end(order, setting, { class: round.length === 0 ? 'nobody_to_ask' : 'followed_up' }),
      body: { asked: round.length },
    };
  },
  reopen: (order, said, setting) => {
    const back = toRework(revive({ ...order, reopened: true }, setting, 'reopen'), setting);
    return { order: back.order, also: back.also ?? [], body: { reason: said.reason ?? null } };
  },
  take: (order, _said, { actor }) => ({ order: { ...order, clerk: actor.name }, body: { clerk: actor.name } }),
  object: (order, said, setting) => {
    const revived = revive(order, setting, 'objection');
    const clocks = restoreStopped(
      revived.clocks,
      order.state === 'terminated' ? ['resident', 'resolve'] : ['resident'],
      setting,
      'objection',
    );
    if (order.state === 'closed') {
      const back = toRework({ ...revived, clocks }, setting);
      return { order: back.order, to: 'rework', also: back.also ?? [], body: said };
    }
    if (order.state === 'terminated') return { order: { ...revived, clocks }, to: 'handling', body: said };
    return {
      order: startClockOf({ ...revived, clocks, disposition: 'hold' }, 'dispatching', setting),
      to: 'accepted',
      body: said,
    };
  },
  withdraw: (order, said, setting) => {
    const { now } = setting;
    const requests = order.requests.map((r) => (r.id === said.requestId ? { ...r, withdrawnAt: now } : r));
    const followUps = order.followUps.map((f) =>
      f.request === said.requestId && f.state === 'open' ? { ...f, state: 'cancelled' as const } : f,
    );
    const still = { ...order, requests, followUps };
    const left = isReachable(still) ? still : endClocks(still, ['contact'], setting, 'withdrawn');
    const safety = (order.category === null ? undefined : setting.city.categories.get(order.category))?.safety === true;
    // Lives at stake: the place is made safe whether or not somebody still asks for it.
    if (safety || requests.some((r) => r.withdrawnAt === null)) return { order: left, to: order.state, body: said };
    return { order: end(left, setting, { class: 'withdrawn' }), body: said };
  },
  note: (order, said, setting) => {
    const { actor, now } = setting;
    const noted = withPart(order, 'notes', {
      actor: actor.name,
      unit: actor.unit,
      at: now,
      text: said.text,
      public: said.public,
      mark: said.mark ?? null,
      request: said.requestId ?? null,
    });
    // A progress note shows that an order on account is not forgotten: its review starts again.
    if (said.mark !== 'progress' || order.state !== 'on_account')
      return { order: noted, body: { mark: said.mark ?? null, public: said.public } };
    return {
      order: startClockOf(endClocks(noted, ['on_account_review'], setting, 'progress'), 'on_account_review', setting),
      body: { mark: said.mark, public: said.public },
    };
  },
  urge: (order, said, { actor, now }) => {
    const reminded = { ...order, reminders: order.reminders + 1 };
    const words = said.text
      ? withPart(reminded, 'notes', {
          actor: actor.name,
          unit: actor.unit,
          at: now,
          text: said.text,
          public: false,
          mark: null,
          request: said.requestId ?? null,
        })
      : reminded;
    return { order: words, body: { reminders: reminded.reminders, request: said.requestId ?? null } };
  },
  assist: (order, said, setting) => {
    const helped = assisted(order, said, setting);
    return { order: helped, body: { assist: helped.assists.at(-1)?.id, unit: said.unit } };
  },
  watch: (order, said, { now }) => ({
    order: withPart(order, 'watchers', {
      unit: said.unit ?? null,
      actor: said.actor ?? null,
      why: said.why,
      since: now,
    }),
    body: said,
  }),
};

/** A unit whose return is granted does not answer for the time since it asked. */
const struck = (order: WorkOrder, since: Instant | undefined, setting: Setting): WorkOrder =>
  since === undefined
    ? order
    : { ...order, clocks: strike(order.clocks, order.owner, since, setting.actor.name, setting) };

/** The resident's own clock pauses only while the resident is the one awaited. */
const paused = (
  order: WorkOrder,
  reason: PauseReason,
  { approver, until }: Readonly<{ approver: string; until: Instant }>,
  setting: Setting,
): WorkOrder => ({
  ...order,
  clocks: pauseClocks(order.clocks, pauseReasons[reason], { reason, approver, until }, setting),
});

const submission = (order: WorkOrder, said: Said['submit'], { actor, now }: Setting): WorkOrder =>
  withPart(order, 'submissions', {
    unit: order.owner,
    actor: actor.name,
    at: now,
    result: said.result,
    text: said.text,
    evidence: said.evidence,
    requesterTold: said.requesterTold,
    resolveDueAt: order.clocks.findLast((c) => c.kind === 'resolve')?.dueAt ?? null,
  });
