import { type Approval, type ApprovalKind, type ApprovalTerms, askable, isArbitrated } from './approval.ts';
import { approvalFact } from './approval-fact.ts';
import { faults } from './approval-faults.ts';
import { allowedActions, type Decision, settle } from './decide.ts';
import { firstDecider, isDecider, levelAbove } from './deciders.ts';
import { grant, type Verdict } from './granting.ts';
import { climbCounts } from './ladder-counts.ts';
import { contestedClock, isAnswerable } from './late-mark.ts';
import type { Setting } from './obstacles.ts';
import { endClock, startClockOf } from './order-clocks.ts';
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
  if (!(row.from as readonly string[]).includes(order.state))
    return refuse('wrong-state', { state: order.state, action: kind, allowedActions: allowedActions(order, setting) });
  const parties = new Set<string>(partiesOf(actor, order, setting.city));
  if (isAnswerable(actor, order)) parties.add('answerable');
  if (!row.by.some((party) => parties.has(party))) return refuse('not-yours', { action: kind, allowedFor: row.by });
  // Of late marks several may wait, each about its own clock.
  if (order.approvals.some((a) => a.kind === kind && a.state === 'pending' && a.terms.clock === terms.clock))
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
  const asked = waiting(climbed.order, approval, setting);
  // Why a resident objects are the resident's own words: they stand in the approval alone.
  const told = kind === 'objection' ? {} : { reason };
  const fact = approvalFact('approval_asked', approval, setting, told);
  return { kind: 'decided', order: asked, facts: [fact, ...climbed.facts] };
}

/** What was asked, with what follows from the order: which of the unit's clocks is contested. */
const completed = (order: WorkOrder, { kind, terms }: Asking, setting: Setting): ApprovalTerms =>
  kind === 'late_mark' ? { ...terms, clock: contestedClock(order, terms, setting)?.seq } : terms;

/** The decider's word. Granting performs the transition; what then stands in its way refuses the whole decision. */
export function rule(order: WorkOrder, id: string, verdict: Verdict, setting: Setting): Decision | Refusal {
  const approval = order.approvals.find((a) => a.id === id);
  if (approval === undefined) return refuse('not-found');
  if (approval.state !== 'pending') return refuse('not-pending', { state: approval.state });
  const isOwn = approval.askedBy === setting.actor.name && approval.askedByUnit === setting.actor.unit;
  // Another name behind the same client is only said to be another person.
  if (isPartyTo(setting.actor, order)) return refuse('recused');
  if (isOwn || approval.askedByClient === clientOf(setting.actor)) return refuse('own-request');
  if (!isDecider(setting.actor, approval.decider, setting.city))
    return refuse('not-the-decider', { decider: approval.decider });
  if (verdict.reason.trim() === '') return refuse('reason-missing');
  const ended = close(order, approval, verdict.granted ? 'granted' : 'refused', verdict.reason, setting);
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
  const ended = close(order, approval, 'withdrawn', null, setting);
  return { kind: 'decided', order: ended, facts: [approvalFact('approval_withdrawn', approval, setting, {})] };
}

/** Whether somebody without a unit is who asked: two may bear one name. */
export const isAsker = (actor: Actor, { askedBy, askedByUnit, askedByClient }: Approval): boolean =>
  askedByUnit === null && askedBy === actor.name && (askedByClient ?? clientOf(actor)) === clientOf(actor);

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
      facts: [approvalFact('urged', approval, setting, { why: 'decision limit passed' })],
    };
  }
  const seq = order.seq + 1;
  const successor: Approval = { ...approval, seq, id: partId(order.id, seq), decider: above, succeeds: approval.id };
  const lapsed = close(order, approval, 'lapsed', null, setting);
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
