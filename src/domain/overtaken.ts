import { type Approval, type ApprovalKind, isArbitrated } from './approval.ts';
import type { City } from './city.ts';
import { type Action, lifecycle, type Row } from './lifecycle.ts';
import { clockOf, endClock } from './order-clocks.ts';
import type { Instant } from './time.ts';
import type { Fact, WorkOrder } from './work-order.ts';

type Now = Readonly<{ city: City; now: Instant }>;

/** A change of owner, and an end, withdraw what still waits for a decision, except what outlives both. */
export const withdrawApprovals = (order: WorkOrder, now: Now): WorkOrder =>
  withdraw(order, (approval) => !outlives(approval), now);

/** So does a state in which granting has become impossible: a pause of what has been handed in, say. */
export const withdrawImpossible = (order: WorkOrder, now: Now): WorkOrder =>
  order.approvals.some((a) => isImpossible(order, a))
    ? withdraw(order, (approval) => isImpossible(order, approval), now)
    : order;

/** What an action has overtaken becomes true with it. */
export const newlyOvertaken = (before: WorkOrder, after: WorkOrder): readonly Omit<Fact, 'at' | 'actor'>[] =>
  after.approvals
    .filter((a) => a.state === 'withdrawn' && before.approvals.some((b) => b.id === a.id && b.state === 'pending'))
    .map(({ id, kind, decider }) => ({
      type: 'approval_withdrawn',
      unit: decider.unit,
      body: { approval: id, kind, reason: overtaken },
    }));

const overtaken = 'overtaken';

/** An objection is about the end itself; a late mark and an exclusion about what was, whoever leads now. */
const outliving: ReadonlySet<ApprovalKind> = new Set(['objection', 'late_mark', 'exclusion']);
/** Whether an approval waits on through ends and changes of owner. */
export const outlives = ({ kind }: Approval): boolean => outliving.has(kind);

/** The row that granting would perform; an extension only needs a clock to extend. */
function isImpossible(order: WorkOrder, approval: Approval): boolean {
  if (approval.state !== 'pending' || outlives(approval)) return false;
  const action = performedBy(approval, order);
  if (action === null) return clockOf(order, 'resolve') === undefined;
  const row: Row = lifecycle[action];
  return !row.from.includes(order.state);
}

function performedBy(approval: Approval, { approvals }: WorkOrder): Action | null {
  switch (approval.kind) {
    case 'return':
      return isArbitrated(approval, approvals) ? 'designate' : 'return';
    case 'dispute':
      return 'designate';
    case 'hand_over':
      return 'hand_over';
    case 'suspension':
      return 'suspend';
    case 'on_account':
      return 'put_on_account';
    case 'termination':
      return 'terminate';
    case 'rejection':
      return 'reject';
    case 'objection':
      return 'object';
    case 'extension':
    case 'late_mark':
    case 'exclusion':
      return null;
  }
}

function withdraw(order: WorkOrder, which: (approval: Approval) => boolean, { city, now }: Now): WorkOrder {
  const ids = new Set(order.approvals.filter((a) => a.state === 'pending' && which(a)).map((a) => a.id));
  if (ids.size === 0) return order;
  return {
    ...order,
    approvals: order.approvals.map((a) =>
      ids.has(a.id) ? { ...a, state: 'withdrawn', decidedAt: now, decisionReason: overtaken } : a,
    ),
    clocks: order.clocks.map((c) => (c.about !== null && ids.has(c.about) ? endClock(c, { city, now }, overtaken) : c)),
  };
}
