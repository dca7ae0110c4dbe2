import { type Approval, type ApprovalKind, type ApprovalTerms, askable, isArbitrated } from './approval.ts';
import { endApproval, stopClockAbout } from './approval-end.ts';
import { approvalFact } from './approval-fact.ts';
import { faults } from './approval-faults.ts';
import { allowedActions, type Decision, settle } from './decide.ts';
import { firstDecider, isDecider, levelAbove } from './deciders.ts';
import { claimed, replaceReviewers, review } from './excluding.ts';
import { contestedAnswer, isRated } from './exclusion.ts';
import { grant, type Verdict } from './granting.ts';
import { withoutClaim } from './judging.ts';
import { climbCounts } from './ladder-counts.ts';
import { contestedClock, isAnswerable } from './late-mark.ts';
import type { Setting } from './obstacles.ts';
import { startClockOf } from './order-clocks.ts';
import { isPartyTo } from './panel.ts';
import { partiesOf } from './parties.ts';
import { type Refusal, refuse } from './refusal.ts';
import { isUrgent } from './request.ts';
import { type Actor, clientOf, partId, type WorkOrder } from './work-order.ts';

/** What a unit, an operator or a resident asks for. */
export type Asking = Readonly<{ kind: ApprovalKind; reason: string; terms: ApprovalTerms }>;

/** Puts an approval beside the order. The order itself stays as it is until it is granted. */
export function ask(order: WorkOrder, asking: Asking, setting: Setting): Decision | Refusal {
  const { kind, reason } = asking;
  const terms = completed(order, asking, setting);
  const row = askable[kind];
  const { actor, now } = setting;
  if (isPartyTo(actor, order)) return refuse('recused');
  // What is against an exclusion is no matter of where the order stands.
  if (terms.against === undefined && !(row.from as readonly string[]).includes(order.state))
    return refuse('wrong-state', { state: order.state, action: kind, allowedActions: allowedActions(order, setting) });
  const parties = new Set<string>(partiesOf(actor, order, setting.city));
  if (isAnswerable(actor, order)) parties.add('answerable');
  if (isRated(actor, order)) parties.add('rated');
  if (!row.by.some((party) => parties.has(party))) return refuse('not-yours', { action: kind, allowedFor: row.by });
  if (order.approvals.some((a) => a.kind === kind && a.state === 'pending' && isAboutSame(a.terms, terms)))
    return refuse('pending-already', { kind });
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
    askedByClient: clientOf(actor),
    askedAt: now,
    askedInState: order.state,
    decider: firstDecider(order, asking, setting.city),
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
  const climbed = climbCounts(order, counted, setting);
  const opened = kind === 'exclusion' ? claimed : waiting;
  const asked = opened(climbed.order, approval, setting);
  // Why a resident objects are the resident's own words: they stand in the approval alone.
  const told = kind === 'objection' ? {} : { reason };
  const fact = approvalFact('approval_asked', approval, setting, told);
  return { kind: 'decided', order: asked, facts: [fact, ...climbed.facts] };
}

/** What was asked, with what follows from the order: which of the unit's clocks, or which answer, is contested. */
const completed = (order: WorkOrder, { kind, terms }: Asking, setting: Setting): ApprovalTerms => {
  if (kind === 'late_mark') return { ...terms, clock: contestedClock(order, terms, setting)?.seq };
  return kind === 'exclusion' ? { ...terms, followUp: contestedAnswer(order, terms, setting) } : terms;
};

/** Of late marks, exclusions and objections several may wait, each about something of its own. */
const isAboutSame = (a: ApprovalTerms, b: ApprovalTerms): boolean =>
  a.clock === b.clock && a.followUp === b.followUp && a.against === b.against;

/** The decider's word. Granting performs the transition; what then stands in its way refuses the whole decision. */
export function rule(order: WorkOrder, id: string, verdict: Verdict, setting: Setting): Decision | Refusal {
  const approval = order.approvals.find((a) => a.id === id);
  if (approval === undefined) return refuse('not-found');
  if (approval.state !== 'pending') return refuse('not-pending', { state: approval.state });
  const isOwn = approval.askedBy === setting.actor.name && approval.askedByUnit === setting.actor.unit;
  // Another name behind the same client is only said to be another person.
  if (isPartyTo(setting.actor, order)) return refuse('recused');
  if (isOwn || approval.askedByClient === clientOf(setting.actor)) return refuse('own-request');
  if (approval.kind === 'exclusion') return review(order, approval, verdict, setting);
  if (!isDecider(setting.actor, approval.decider, setting.city))
    return refuse('not-the-decider', { decider: approval.decider });
  if (verdict.reason.trim() === '') return refuse('reason-missing');
  const ended = endApproval(order, approval, verdict.granted ? 'granted' : 'refused', verdict.reason, setting);
  const said = approvalFact(verdict.granted ? 'approval_granted' : 'approval_refused', approval, setting, {
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
  const own = approval.askedByUnit === actor.unit && (actor.unit !== null || isAsker(actor, approval));
  if (!own) return refuse('not-yours');
  const ended = withoutClaim(endApproval(order, approval, 'withdrawn', null, setting), approval, setting);
  return { kind: 'decided', order: ended, facts: [approvalFact('approval_withdrawn', approval, setting, {})] };
}

/** Whether somebody without a unit is who asked: two may bear one name. */
export const isAsker = (actor: Actor, { askedBy, askedByUnit, askedByClient }: Approval): boolean =>
  askedByUnit === null && askedBy === actor.name && (askedByClient ?? clientOf(actor)) === clientOf(actor);

/** Nobody decided in time: one level up decides now. Silence never grants and never refuses; at the top it stays and is urged daily. */
export function lapse(order: WorkOrder, id: string, setting: Setting): Decision {
  const approval = order.approvals.find((a) => a.id === id);
  // What is before judges has their time.
  if (approval?.state !== 'pending' || approval.terms.judgement !== undefined)
    return { kind: 'decided', order, facts: [] };
  if (approval.seats) return replaceReviewers(order, approval, setting);
  const above = levelAbove(approval.decider, setting.city);
  if (above === null) {
    const about = { about: id, unit: approval.decider.unit, variant: 'default' };
    const urged = startClockOf(stopClockAbout(order, id, 'urged', setting), 'decision', setting, about);
    return {
      kind: 'decided',
      order: urged,
      facts: [approvalFact('urged', approval, setting, { why: 'decision limit passed' })],
    };
  }
  const seq = order.seq + 1;
  const successor: Approval = { ...approval, seq, id: partId(order.id, seq), decider: above, succeeds: approval.id };
  const lapsed = endApproval(order, approval, 'lapsed', null, setting);
  const opened = waiting({ ...lapsed, seq, approvals: [...lapsed.approvals, successor] }, successor, setting);
  return {
    kind: 'decided',
    order: opened,
    facts: [approvalFact('approval_lapsed', approval, setting, { successor: successor.id, decider: above })],
  };
}

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
