import { type Approval, isArbitrated } from './approval.ts';
import { approvalFact } from './approval-fact.ts';
import { extendClock } from './clocks.ts';
import { type Command, type Decision, decideGranted } from './decide.ts';
import { countedAgain } from './excluding.ts';
import type { Setting } from './obstacles.ts';
import { timetableOf } from './order-clocks.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Instant } from './time.ts';
import type { WorkOrder } from './work-order.ts';

/** What the decider says; `unit` and `basis` name the new owner where the decision moves the order. */
export type Verdict = Readonly<{
  granted: boolean;
  reason: string;
  unit?: string | undefined;
  basis?: string | undefined;
}>;

/** What a granted approval does to the order. */
export function grant(order: WorkOrder, approval: Approval, verdict: Verdict, setting: Setting): Decision | Refusal {
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
          approvalFact('directory_repair', approval, setting, {
            category: order.category,
            from: order.owner,
            to: unit,
          }),
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
      if (terms.against !== undefined) return countedAgain(order, approval, setting);
      return perform({ action: 'object', said: { reason: approval.reason } });
    case 'late_mark':
      // The clock stays as it ran; whoever counts reads the lifted marks beside it.
      return {
        kind: 'decided',
        order,
        facts: [
          {
            ...approvalFact('late_mark_lifted', approval, setting, { mark: terms.mark, clock: terms.clock }),
            unit: approval.askedByUnit,
          },
        ],
      };
    case 'exclusion':
      throw new Error('an exclusion is granted by reviewers or judges alone');
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
        facts: [approvalFact('extended', approval, setting, { dueAt: terms.dueAt })],
      };
    }
  }
}
