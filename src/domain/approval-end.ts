import type { Approval } from './approval.ts';
import type { Setting } from './obstacles.ts';
import { endClock } from './order-clocks.ts';
import type { WorkOrder } from './work-order.ts';

/** The order with an approval that is decided, taken back or lapsed; its clock stops. */
export function endApproval(
  order: WorkOrder,
  { id }: Approval,
  state: Exclude<Approval['state'], 'pending'>,
  reason: string | null,
  setting: Setting,
): WorkOrder {
  const decided = {
    state,
    decidedBy: state === 'lapsed' ? null : setting.actor.name,
    decidedAt: setting.now,
    decisionReason: reason,
  };
  return stopClockAbout(withApproval(order, id, decided), id, state, setting);
}

/** The order with something of an approval changed. */
export const withApproval = (order: WorkOrder, id: string, change: Partial<Approval>): WorkOrder => ({
  ...order,
  approvals: order.approvals.map((a) => (a.id === id ? { ...a, ...change } : a)),
});

/** Stops the clock that watches an approval. */
export const stopClockAbout = (order: WorkOrder, id: string, cause: string, setting: Setting): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((c) => (c.about === id ? endClock(c, setting, cause) : c)),
});
