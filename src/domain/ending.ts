import { askNoMore } from './asking.ts';
import { withoutJudgements } from './judging.ts';
import type { Setting } from './obstacles.ts';
import { endClock } from './order-clocks.ts';
import { outlives, withdrawApprovals } from './overtaken.ts';
import type { WorkOrder } from './work-order.ts';

/** Everything that stops when nobody owes anything any more. */
export function end(order: WorkOrder, setting: Setting, ending: WorkOrder['ending'] = null): WorkOrder {
  const { now } = setting;
  const withdrawn = withoutJudgements(withdrawApprovals(askNoMore(order, setting), setting), setting, 'ended');
  return {
    ...withdrawn,
    ending,
    endedAt: now,
    assignments: withdrawn.assignments.map((a) => (a.to === null ? { ...a, to: now } : a)),
    clocks: withdrawn.clocks.map((c) => (isAwaited(withdrawn, c.about) ? c : endClock(c, setting, 'ended'))),
  };
}

/** The decision on what outlives the end still has its time. */
const isAwaited = (order: WorkOrder, about: string | null): boolean =>
  order.approvals.some((a) => a.id === about && a.state === 'pending' && outlives(a)) ||
  order.judgements.some((j) => j.id === about && j.state === 'open');
