import {
  type Approval,
  type ApprovalKind,
  type ApprovalTerms,
  askable,
  type Decider,
  isArbitrated,
  rejectionClasses,
} from './approval.ts';
import { type City, lowestCommonSuperior, type Role } from './city.ts';
import { dueAtFactor, extendClock } from './clocks.ts';
import { deadline } from './deadline.ts';
import { allowedActions, type Command, type Decision, decideGranted, nameOf, settle } from './decide.ts';
import { fifteenDaysAfter, type Setting } from './obstacles.ts';
import { clockOf, endClock, startClockOf, timetableOf } from './order-clocks.ts';
import { partiesOf } from './parties.ts';
import { pauseFault } from './pauses.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';
import { unitOfLevel } from './routing.ts';
import { isUrgent } from './request.ts';
import type { Instant } from './time.ts';
import { type Actor, type Fact, partId, type WorkOrder } from './work-order.ts';

/** What a unit, an operator or a resident asks for. */
export type Asking = Readonly<{ kind: ApprovalKind; reason: string; terms: ApprovalTerms }>;

/** What the decider says; `unit` and `basis` name the new owner where the decision moves the order. */
export type Verdict = Readonly<{
  granted: boolean;
  reason: string;
  unit?: string | undefined;
  basis?: string | undefined;
}>;

/** Puts an approval beside the order. The order itself stays as it is until it is granted. */
export function ask(order: WorkOrder, asking: Asking, setting: Setting): Decision | Refusal {
  const { kind, terms, reason } = asking;
  const row = askable[kind];
  const { actor, now } = setting;
  if (!(row.from as readonly string[]).includes(order.state))
    return refuse('wrong-state', { state: order.state, action: kind, allowedActions: allowedActions(order, setting) });
  const parties = partiesOf(actor, order, setting.city);
  if (!row.by.some((party) => parties.has(party))) return refuse('not-yours', { action: kind, allowedFor: row.by });
  if (order.approvals.some((a) => a.kind === kind && a.state === 'pending')) return refuse('pending-already', { kind });
  const fault = reason.trim() === '' ? 'reason-missing' : faults[kind](order, terms, setting);
  if (fault !== null) return refuse(fault, { kind });

  const seq = order.seq + 1;
  const approval: Approval = {
    seq,
    id: partId(order.id, seq),
    kind,
    terms,
    reason,
    askedBy: actor.name,
    askedByUnit: actor.unit,
    askedAt: now,
    askedInState: order.state,
    decider: firstDecider(order, asking, setting),
    state: 'pending',
    decidedBy: null,
    decidedAt: null,
    decisionReason: null,
    succeeds: null,
  };
  const counted = {
    ...order,
    seq,
    returns: order.returns + (kind === 'return' ? 1 : 0),
    approvals: [...order.approvals, approval],
  };
  const asked = waiting(counted, approval, setting);
  return { kind: 'decided', order: asked, facts: [fact('approval_asked', approval, setting, { reason })] };
}

/** The decider's word. Granting performs the transition; what then stands in its way refuses the whole decision. */
export function rule(order: WorkOrder, id: string, verdict: Verdict, setting: Setting): Decision | Refusal {
  const approval = order.approvals.find((a) => a.id === id);
  if (approval === undefined) return refuse('not-found');
  if (approval.state !== 'pending') return refuse('not-pending', { state: approval.state });
  if (approval.askedBy === setting.actor.name && approval.askedByUnit === setting.actor.unit)
    return refuse('own-request');
  if (!isDecider(setting.actor, approval.decider, setting.city))
    return refuse('not-the-decider', { decider: approval.decider });
  if (verdict.reason.trim() === '') return refuse('reason-missing');
  const ended = close(order, approval, verdict.granted ? 'granted' : 'refused', verdict.reason, setting);
  const said = fact(verdict.granted ? 'approval_granted' : 'approval_refused', approval, setting, {
    reason: verdict.reason,
  });
  if (!verdict.granted) return { kind: 'decided', order: ended, facts: [said] };
  const outcome = grant(ended, approval, verdict, setting);
  return outcome.kind === 'decided' ? settle({ ...outcome, facts: [said, ...outcome.facts] }, setting) : outcome;
}

/** Whoever asked takes it back. */
export function takeBack(order: WorkOrder, id: string, setting: Setting): Decision | Refusal {
  const approval = order.approvals.find((a) => a.id === id);
  if (approval === undefined) return refuse('not-found');
  if (approval.state !== 'pending') return refuse('not-pending', { state: approval.state });
  const { actor } = setting;
  // A unit's people stand in for one another; elsewhere two may bear one name.
  const own = approval.askedByUnit === actor.unit && (actor.unit !== null || approval.askedBy === actor.name);
  if (!own) return refuse('not-yours');
  const ended = close(order, approval, 'withdrawn', null, setting);
  return { kind: 'decided', order: ended, facts: [fact('approval_withdrawn', approval, setting, {})] };
}

/** Nobody decided in time: one level up decides now. Silence never grants and never refuses; at the top it stays and is urged daily. */
export function lapse(order: WorkOrder, id: string, setting: Setting): Decision {
  const approval = order.approvals.find((a) => a.id === id);
  if (approval?.state !== 'pending') return { kind: 'decided', order, facts: [] };
  const above = levelAbove(approval.decider, setting.city);
  if (above === null) {
    const about = { about: id, unit: approval.decider.unit, variant: 'default' };
    const urged = startClockOf(stopClockAbout(order, id, 'urged', setting), 'decision', setting, about);
    return {
      kind: 'decided',
      order: urged,
      facts: [fact('urged', approval, setting, { why: 'decision limit passed' })],
    };
  }
  const seq = order.seq + 1;
  const successor: Approval = { ...approval, seq, id: partId(order.id, seq), decider: above, succeeds: approval.id };
  const lapsed = close(order, approval, 'lapsed', null, setting);
  const opened = waiting({ ...lapsed, seq, approvals: [...lapsed.approvals, successor] }, successor, setting);
  return {
    kind: 'decided',
    order: opened,
    facts: [fact('approval_lapsed', approval, setting, { successor: successor.id, decider: above })],
  };
}

/** Whether this actor is the one who decides. A unit decides by its leading posts, the city by its shift and centre leaders. */
export function isDecider(actor: Actor, { role, unit }: Decider, city: City): boolean {
  if (role !== null) return actor.roles.includes(role);
  return unit !== null && actor.unit === unit && deciderRoles(unit, city).some((r) => actor.roles.includes(r));
}

/** The leading posts that decide for a unit. */
export const deciderRoles = (unit: string, city: City): readonly Role[] =>
  city.units.get(unit)?.kind === 'hotline_centre'
    ? ['shift_leader', 'centre_leader']
    : ['unit_leader', 'street_centre', 'supervisor'];

const byRole = (role: Role): Decider => ({ role, unit: null });
const byUnit = (unit: string): Decider => ({ role: null, unit });

function firstDecider(order: WorkOrder, { kind, terms }: Asking, { city }: Setting): Decider {
  const parent = city.units.get(order.owner)?.parent ?? null;
  const decider = askable[kind].decider;
  if (kind === 'return') return order.returns === 0 ? byRole('dispatcher') : arbiter(order, terms, city);
  if (decider === 'arbiter') {
    const first = arbiter(order, terms, city);
    return order.designated ? (levelAbove(first, city) ?? first) : first; // a designated unit appeals upward
  }
  if (decider === 'superior') return parent === null ? byRole('centre_leader') : byUnit(parent);
  if (decider === 'street') {
    const path = order.placement.path.map((step) => step.code);
    const street = unitOfLevel(city, 'street', path)?.code;
    return street === undefined || city.units.get(order.owner)?.kind === 'street'
      ? byRole('dispatcher')
      : byUnit(street);
  }
  if (kind === 'extension' && extensions(order) > 0) return byRole('centre_leader');
  return byRole(decider);
}

/** The lowest common superior of the units between which an order goes to and fro. */
function arbiter(order: WorkOrder, terms: ApprovalTerms, city: City): Decider {
  const other = terms.proposedUnit ?? order.leads.findLast((unit) => unit !== order.owner);
  const units = [order.owner, ...(other !== undefined && other !== order.owner ? [other] : [])];
  const common = lowestCommonSuperior(city, units);
  return common === null ? byRole('centre_leader') : byUnit(common);
}

const hotlineLadder: Readonly<Partial<Record<Role, Role>>> = {
  dispatcher: 'shift_leader',
  shift_leader: 'centre_leader',
};

function levelAbove({ role, unit }: Decider, city: City): Decider | null {
  if (role !== null) return hotlineLadder[role] === undefined ? null : byRole(hotlineLadder[role]);
  const parent = unit === null ? null : (city.units.get(unit)?.parent ?? null);
  return parent === null ? byRole('centre_leader') : byUnit(parent);
}

/** Those the present owner has had: another unit's clock is another clock. */
const extensions = ({ approvals, owner }: WorkOrder): number =>
  approvals.filter((a) => a.kind === 'extension' && a.state === 'granted' && a.askedByUnit === owner).length;

/** The decision has its own clock, in the decider's working time. */
function waiting(order: WorkOrder, approval: Approval, setting: Setting): WorkOrder {
  const about = { about: approval.id, unit: approval.decider.unit };
  if (isArbitrated(approval, order.approvals))
    return startClockOf(order, 'arbitration', setting, {
      ...about,
      variant: isUrgent(order.urgency) ? 'urgent' : 'default',
    });
  return startClockOf(order, 'decision', setting, {
    ...about,
    variant: askable[approval.kind].limit === 'four-hours' ? 'return' : 'default',
  });
}

const stopClockAbout = (order: WorkOrder, id: string, cause: string, setting: Setting): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((c) => (c.about === id ? endClock(c, setting, cause) : c)),
});

function close(
  order: WorkOrder,
  { id }: Approval,
  state: Approval['state'],
  reason: string | null,
  setting: Setting,
): WorkOrder {
  const approvals = order.approvals.map((a) =>
    a.id === id
      ? {
          ...a,
          state,
          decidedBy: state === 'lapsed' ? null : setting.actor.name,
          decidedAt: setting.now,
          decisionReason: reason,
        }
      : a,
  );
  return stopClockAbout({ ...order, approvals }, id, state, setting);
}

const fact = (type: string, { id, kind, decider }: Approval, { now, actor }: Setting, body: Fact['body']): Fact => ({
  type,
  at: now,
  actor: nameOf(actor),
  unit: decider.unit,
  body: { approval: id, kind, ...body },
});

/** What a granted approval does to the order. */
function grant(order: WorkOrder, approval: Approval, verdict: Verdict, setting: Setting): Decision | Refusal {
  const { kind, terms } = approval;
  const approver = setting.actor.name;
  const perform = (command: Command) => decideGranted(order, command, setting);
  const unit = verdict.unit ?? terms.unit ?? terms.proposedUnit ?? '';
  const basis = verdict.basis ?? terms.basis ?? terms.power ?? verdict.reason;
  // An arbiter's basis is the arbiter's own, not that of whoever asked.
  const found = verdict.basis ?? verdict.reason;
  // What was asked in time may be granted too late to mean anything.
  if (terms.until !== undefined && terms.until <= setting.now) return refuse('in-the-past', { until: terms.until });
  switch (kind) {
    case 'return': {
      const since = approval.askedAt;
      const outcome = perform(
        isArbitrated(approval, order.approvals)
          ? { action: 'designate', said: { unit, basis: found, since } }
          : { action: 'return', said: { unit, basis, since } },
      );
      if (outcome.kind === 'refused') return outcome;
      return {
        ...outcome,
        facts: [
          ...outcome.facts,
          fact('directory_repair', approval, setting, { category: order.category, from: order.owner, to: unit }),
        ],
      };
    }
    case 'dispute':
      return perform({ action: 'designate', said: { unit, basis: found } });
    case 'hand_over':
      return perform({ action: 'hand_over', said: { unit, basis } });
    case 'suspension':
      return perform({
        action: 'suspend',
        said: { cause: terms.cause ?? 'force_majeure', until: terms.until as Instant, approver },
      });
    case 'on_account':
      return perform({
        action: 'put_on_account',
        said: {
          cause: terms.cause ?? 'season_or_engineering',
          plan: terms.plan ?? '',
          until: terms.until as Instant,
          approver,
        },
      });
    case 'termination':
      return perform({ action: 'terminate', said: { reason: terms.explanation ?? approval.reason } });
    case 'rejection':
      return perform({ action: 'reject', said: { class: terms.class ?? '', explanation: terms.explanation ?? '' } });
    case 'objection':
      return perform({ action: 'object', said: { reason: approval.reason } });
    case 'extension': {
      const clocks = order.clocks.map((c) =>
        c.kind === 'resolve' && c.state !== 'stopped'
          ? extendClock(
              c,
              { dueAt: terms.dueAt as Instant, reason: approval.reason, approver, at: setting.now },
              timetableOf(setting.city, c.unit),
            )
          : c,
      );
      return {
        kind: 'decided',
        order: { ...order, clocks },
        facts: [fact('extended', approval, setting, { dueAt: terms.dueAt })],
      };
    }
  }
}

type Fault = (order: WorkOrder, terms: ApprovalTerms, setting: Setting) => RefusalCode | null;

const said = (value: string | undefined): boolean => value !== undefined && value.trim() !== '';
const oneWorkingDay = (order: WorkOrder, from: Instant, { city }: Setting): Instant =>
  deadline({ start: from, kind: 'working_day', amount: 1, ...timetableOf(city, order.owner) }).dueAt;
const inReturnTime = (order: WorkOrder, setting: Setting): boolean =>
  order.dispatchedAt !== null && setting.now <= oneWorkingDay(order, order.dispatchedAt, setting);
const marked = (order: WorkOrder, mark: 'make_safe' | 'site_visit') =>
  order.notes.findLast((n) => n.mark === mark && n.unit === order.owner);

const paused =
  (grant: 'suspended' | 'on_account'): Fault =>
  (order, { cause, until, plan }, setting) => {
    if (grant === 'on_account' && !said(plan)) return 'basis-missing';
    if (
      grant === 'on_account' &&
      order.approvals.filter((a) => a.kind === 'on_account' && a.state === 'granted').length > 1
    )
      return 'extensions-used';
    if (until === undefined) return 'in-the-past';
    const reason = cause ?? (grant === 'on_account' ? 'season_or_engineering' : '');
    const fault = pauseFault(grant, { reason, from: setting.now, until }, timetableOf(setting.city, order.owner));
    return fault === null
      ? null
      : (
          {
            'pause-cause-not-listed': 'cause-not-listed',
            'pause-too-long': 'too-long',
            'pause-already-over': 'in-the-past',
          } as const
        )[fault];
  };

/** What keeps each kind from being asked at all. */
const faults: Readonly<Record<ApprovalKind, Fault>> = {
  return: (order, { basis, proposedUnit }, setting) => {
    if (order.designated) return 'designated';
    if (!said(basis)) return 'basis-missing';
    if (!said(proposedUnit) || !setting.city.units.has(proposedUnit ?? '')) return 'unit-unknown';
    if (proposedUnit === order.owner) return 'same-unit';
    if (order.approvals.some((a) => a.kind === 'return' && a.askedByUnit === order.owner && a.succeeds === null))
      return 'returned-before';
    const category = order.category === null ? undefined : setting.city.categories.get(order.category);
    if (category?.safety === true && marked(order, 'make_safe') === undefined) return 'make-safe-first';
    return inReturnTime(order, setting) ? null : 'return-late';
  },
  dispute: (order, { basis, proposedUnit }, setting) => {
    if (!said(basis)) return 'basis-missing';
    if (said(proposedUnit) && !setting.city.units.has(proposedUnit ?? '')) return 'unit-unknown';
    const visit = marked(order, 'site_visit');
    const afterVisit = visit !== undefined && setting.now <= oneWorkingDay(order, visit.at, setting);
    return inReturnTime(order, setting) || afterVisit ? null : 'dispute-late';
  },
  extension: (order, { dueAt }, setting) => {
    if (order.tier === 'emergency') return 'emergency-never';
    const resolve = clockOf(order, 'resolve');
    if (resolve === undefined) return 'extension-late';
    if (extensions(order) > 1) return 'extensions-used';
    if (dueAt === undefined || dueAt <= resolve.dueAt) return 'not-later';
    if (oneWorkingDay(order, setting.now, setting) > resolve.dueAt) return 'extension-late';
    const most = dueAtFactor(resolve, 2, timetableOf(setting.city, resolve.unit)).dueAt;
    return extensions(order) === 0 && dueAt > most ? 'too-long' : null;
  },
  suspension: paused('suspended'),
  on_account: paused('on_account'),
  hand_over: (order, { unit, power }, { city }) => {
    if (!said(power)) return 'basis-missing';
    if (!city.units.has(unit ?? '')) return 'unit-unknown';
    return unit === order.owner ? 'same-unit' : null;
  },
  // Without one the reason is the explanation.
  termination: (_order, { explanation }) =>
    explanation === undefined || said(explanation) ? null : 'explanation-missing',
  rejection: (_order, terms) =>
    said(terms.explanation) && (rejectionClasses as readonly (string | undefined)[]).includes(terms.class)
      ? null
      : 'explanation-missing',
  objection: (order, _terms, { now }) =>
    order.endedAt !== null && now > fifteenDaysAfter(order.endedAt) ? 'requester-window' : null,
};
