import { type Measure, measureOf } from '../domain/measure.ts';
import { watchMatters } from '../store/hot-matters.ts';
import {
  type CountedUpTo,
  holdCounting,
  measuresOf,
  moveCounting,
  orderIdsAfter,
  originsOf,
  replaceMeasures,
  uncounted,
  uncountedOf,
} from '../store/measures.ts';
import { loadAll } from '../store/orders.ts';
import { type Queryable, transaction } from '../store/rows.ts';
import type { Deps } from './deps.ts';

const factsAtOnce = 1000;
const ordersAtOnce = 500;

/** So many facts are counted before an answer is given; what is further behind it tells. */
export const countedFirst = 1000;

/**
 * Counts the facts that have not been counted: every order they are about is read again, so that neither their number
 * nor their order matters, and counting twice changes nothing. Answers how many facts were left behind it, at most so
 * many. Whoever counts at the same time waits.
 */
export async function countFacts({ pool }: Pick<Deps, 'pool'>, atMost = Number.POSITIVE_INFINITY): Promise<number> {
  let facts = 0;
  for (let batch = factsAtOnce; batch === factsAtOnce && facts < atMost; facts += batch)
    batch = await transaction(pool, async (tx) => {
      const next = await uncounted(tx, await holdCounting(tx), factsAtOnce);
      if (next.facts === 0) return 0;
      for (let at = 0; at < next.orders.length; at += ordersAtOnce)
        await measureAnew(tx, next.orders.slice(at, at + ordersAtOnce));
      await moveCounting(tx, next.upTo);
      return next.facts;
    });
  return facts;
}

/** An order whose row was not what it counts. `had` and `has` are empty where there was none, or is none. */
export type Difference = Readonly<{ orderId: string; had: readonly Measure[]; has: readonly Measure[] }>;

/**
 * Makes the rows of every order anew by the same rule and answers with those that had been different. What happens
 * meanwhile is counted as always; an order with a fact that is not counted yet is no difference.
 */
export async function recountAll(
  { pool }: Pick<Deps, 'pool'>,
  progress: (orders: number) => void = () => {},
): Promise<Readonly<{ orders: number; differences: readonly Difference[] }>> {
  await countFacts({ pool });
  const differences: Difference[] = [];
  let orders = 0;
  for (let last: string | null = null; ; ) {
    const ids: readonly string[] = await orderIdsAfter(pool, last, ordersAtOnce);
    if (ids.length === 0) return { orders, differences };
    differences.push(...(await transaction(pool, (tx) => recount(tx, ids))));
    orders += ids.length;
    progress(orders);
    last = ids.at(-1) ?? null;
  }
}

async function recount(tx: Queryable, ids: readonly string[]): Promise<readonly Difference[]> {
  const upTo: CountedUpTo = await holdCounting(tx);
  const had = Map.groupBy(await measuresOf(tx, ids), (m): string => m.orderId);
  await measureAnew(tx, ids);
  const has = Map.groupBy(await measuresOf(tx, ids), (m): string => m.orderId);
  const behind = await uncountedOf(tx, ids, upTo);
  return ids
    .map((orderId) => ({ orderId, had: had.get(orderId) ?? [], has: has.get(orderId) ?? [] }))
    .filter(({ orderId, ...rows }) => !behind.has(orderId) && JSON.stringify(rows.had) !== JSON.stringify(rows.has));
}

/** Reads the orders and writes what they count. */
async function measureAnew(tx: Queryable, ids: readonly string[]): Promise<void> {
  const [orders, origins] = await Promise.all([loadAll(tx, ids), originsOf(tx, ids)]);
  const rows = orders.flatMap((order) => {
    const origin = origins.get(order.id);
    if (origin === undefined) throw new Error(`order ${order.id} has no origin`);
    return measureOf(order, origin);
  });
  await replaceMeasures(tx, ids, rows);
  await watchMatters(tx, ids);
}
