import type { Said } from './commands.ts';
import type { Action } from './lifecycle.ts';
import type { Setting } from './obstacles.ts';
import type { Fact, State, WorkOrder } from './work-order.ts';

/** What an action does beside moving the order: the changed order, the state where it was left open, and what else became true. */
export type Change = Readonly<{
  order: WorkOrder;
  to?: State;
  body?: Fact['body'];
  also?: readonly Omit<Fact, 'at' | 'actor'>[];
}>;

/** What one action does to an order, given what was said. */
export type Effect<A extends Action> = (order: WorkOrder, said: Said[A], setting: Setting) => Change;

/** Some of the actions, each with what it does. */
export type Effects = Readonly<{ [A in Action]?: Effect<A> }>;

/** The order with one more note, contact, submission …, which gets the order's next number. */
export const withPart = <K extends 'notes' | 'contacts' | 'innerAssignments' | 'watchers' | 'submissions'>(
  order: WorkOrder,
  list: K,
  part: Omit<WorkOrder[K][number], 'seq'>,
): WorkOrder => ({ ...order, seq: order.seq + 1, [list]: [...order[list], { ...part, seq: order.seq + 1 }] });
