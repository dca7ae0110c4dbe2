import { explainClock } from '../domain/clocks.ts';
import { timetableOf } from '../domain/order-clocks.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { Actor, OrderClock } from '../domain/work-order.ts';
import { factsOf, type StoredFact } from '../store/look.ts';
import { lookAtCoordination } from './coordinate.ts';
import type { Deps } from './deps.ts';
import { lookAtSupervision } from './supervise.ts';

/** The orders of the two powers, by the names of their collections. */
export const powerOrders = {
  'coordination-orders': lookAtCoordination,
  'supervision-orders': lookAtSupervision,
} as const;
export type PowerOrders = keyof typeof powerOrders;

/** What became true of an order of a power, oldest first: one record for everybody who is on it. */
export async function powerHistory(
  deps: Deps,
  { of, id, after, limit }: Readonly<{ of: PowerOrders; id: string; after: number; limit: number }>,
  actor: Actor,
): Promise<readonly StoredFact[] | Refusal> {
  const seen = await powerOrders[of](deps, id, actor);
  return isRefusal(seen) ? seen : factsOf(deps.pool, id, after, limit);
}

/** Every clock of it with its segments, as a work order's own. */
export async function explainPower(
  deps: Deps,
  of: PowerOrders,
  id: string,
  actor: Actor,
): Promise<readonly (ReturnType<typeof explainClock> & Pick<OrderClock, 'about'>)[] | Refusal> {
  const seen = await powerOrders[of](deps, id, actor);
  if (isRefusal(seen)) return seen;
  const { city } = deps.city();
  const clocks: readonly OrderClock[] = seen.order.clocks;
  return clocks.map((clock) => ({ ...explainClock(clock, timetableOf(city, clock.unit)), about: clock.about }));
}
