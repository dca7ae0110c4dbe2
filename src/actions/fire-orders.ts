import { decide } from '../domain/decide.ts';
import { fireOrder } from '../domain/when-due.ts';
import { theSystem, type WorkOrder } from '../domain/work-order.ts';
import { hold, holdArchives, holdDue } from '../store/due.ts';
import { loadAll } from '../store/orders.ts';
import type { Queryable } from '../store/rows.ts';
import { type Deps, powerSettingOf } from './deps.ts';
import { type Decided, keep } from './perform.ts';

/**
 * What of work orders comes due: how a page of those that nobody else holds is held, the earliest first, and what becomes
 * of one whose time has come; null where nothing was due.
 */
export type OrdersDue = Readonly<{ hold: typeof holdDue; change: (order: WorkOrder, deps: Deps) => Decided | null }>;

/** Their clocks: rungs, and what else the passing of a limit does. */
export const clocksOfOrders: OrdersDue = {
  hold: holdDue,
  change: (order, deps) => {
    const done = fireOrder(order, deps.city().ladder, powerSettingOf(deps, theSystem));
    if (done === null) return null;
    return { before: order, decided: { kind: 'decided', order: done.order, facts: done.facts }, fired: done.fired };
  },
};

/** The way of ended ones to the archive. */
export const endedOrders: OrdersDue = {
  hold: holdArchives,
  change: (order, deps) => {
    const decided = decide(order, { action: 'archive', said: {} }, powerSettingOf(deps, theSystem));
    return decided.kind === 'decided' ? { before: order, decided } : null;
  },
};

/** Fires on one order; 'held' where somebody else changes it now and `wait` is not wanted. */
export const fireOn =
  (of: OrdersDue) =>
  async (tx: Queryable, deps: Deps, id: string, wait: boolean): Promise<'fired' | 'stale' | 'held'> => {
    if (!(await hold(tx, id, wait))) return 'held';
    const stale = await fireHeld(tx, deps, [id], of);
    return stale.length === 0 ? 'fired' : 'stale';
  };

/**
 * Fires on orders that are held, in this order and all as of one moment. Answers on which of them nothing was due after
 * all: their next moments are written anew.
 */
export async function fireHeld(
  tx: Queryable,
  deps: Deps,
  ids: readonly string[],
  { change }: OrdersDue,
): Promise<readonly string[]> {
  const at = deps.now();
  const then = { ...deps, now: () => at };
  const orders = new Map((await loadAll(tx, ids)).map((order) => [order.id as string, order]));
  const stale: string[] = [];
  const changes = ids.flatMap((id): Decided | readonly Decided[] => {
    const order = orders.get(id);
    if (order === undefined) return [];
    const changed = change(order, then);
    if (changed === null) stale.push(id);
    return changed ?? { before: order, decided: { kind: 'decided', order: writtenAnew(order), facts: [] } };
  });
  await keep(tx, then, changes);
  return stale;
}

const writtenAnew = (order: WorkOrder): WorkOrder => ({
  ...order,
  clocks: order.clocks.map((clock) => (clock.state === 'stopped' ? clock : { ...clock })),
});
