import { pauseClock, pausesClock, resumeClock } from './clocks.ts';
import { nameOf } from './decide.ts';
import { type Decree, isAbout, isInForce, overAt } from './decree.ts';
import type { Setting } from './obstacles.ts';
import { timetableOf } from './order-clocks.ts';
import { heldBy } from './pauses.ts';
import { earlier } from './time.ts';
import { type Fact, isOpen, type OrderClock, theSystem, type WorkOrder } from './work-order.ts';

/** An order whose clocks stand as the decrees say, and what became true of it by that. */
export type Held = Readonly<{ order: WorkOrder; facts: readonly Fact[] }>;

/**
 * Brings an order's clocks in line with the decrees: what one in force is about stands still, what a known one no longer
 * is about, or whose decree was ended, goes on. Asked after whatever happens to an order, so that no new owner, rework
 * or corrected category runs on beside a decree, and nothing that became urgent stands still.
 */
export function holdByDecrees(
  order: WorkOrder,
  decrees: readonly Decree[],
  { city, now }: Pick<Setting, 'city' | 'now'>,
): Held {
  if (!isOpen(order.state) || decrees.length === 0) return { order, facts: [] };
  const [holds, ...others] = decrees
    .filter((decree) => isInForce(decree, now) && isAbout(decree, order, city))
    .toSorted((a, b) => b.until - a.until);
  const inForce = new Set([holds, ...others].map((decree) => decree?.number));
  const clocks = order.clocks.map((clock) => {
    if (!pausesClock('incident_decree', clock.kind)) return clock;
    const by = decrees.find(({ number }) => number === heldBy(clock));
    const free =
      by === undefined || inForce.has(by.number)
        ? clock
        : resumeClock(clock, earlier(now, overAt(by)), timetableOf(city, clock.unit));
    if (free.state !== 'running' || holds === undefined) return free;
    const { number: approver, until } = holds;
    return pauseClock(free, { at: now, reason: 'incident_decree', approver, until });
  });
  return withFacts(order, clocks, { now });
}

/** What a decree held until now goes on: it is over, whether or not anybody has ended it. Null where nothing is due. */
export function liftOver(order: WorkOrder, { city, now }: Pick<Setting, 'city' | 'now'>): Held | null {
  const clocks = order.clocks.map((clock) => {
    const until = heldUntil(clock);
    return until === null || until > now ? clock : resumeClock(clock, until, timetableOf(city, clock.unit));
  });
  return clocks.every((clock, i) => clock === order.clocks[i]) ? null : withFacts(order, clocks, { now });
}

/** Until when a decree holds a clock; null where none does. */
export const heldUntil = (clock: OrderClock): OrderClock['dueAt'] | null =>
  heldBy(clock) === null ? null : (clock.pauses.findLast((pause) => pause.to === null)?.until ?? null);

function withFacts(order: WorkOrder, clocks: readonly OrderClock[], { now }: Pick<Setting, 'now'>): Held {
  const changed = clocks.filter((clock, i) => clock !== order.clocks[i]);
  if (changed.length === 0) return { order, facts: [] };
  const facts = (['clocks_paused', 'clocks_resumed'] as const).flatMap((type): Fact[] => {
    const of = changed.filter((clock) => (clock.state === 'paused') === (type === 'clocks_paused'));
    const decrees = [...new Set(of.flatMap(({ pauses }) => pauses.at(-1)?.approver ?? []))];
    const body = { decrees, clocks: of.map(({ kind }) => kind) };
    return of.length === 0 ? [] : [{ type, at: now, actor: nameOf(theSystem), unit: order.owner, body }];
  });
  return { order: { ...order, clocks }, facts };
}
