import type { Clocked } from '../domain/clocked.ts';
import { type Difference, underCalendar } from '../domain/new-calendar.ts';
import type { Actor } from '../domain/work-order.ts';
import { ordersOnOtherCalendars } from '../store/look-city.ts';
import { changeClocks } from './clocked.ts';
import type { Deps } from './deps.ts';

/** An open clock that a new calendar has moved, or would have moved earlier: then the old date was kept. */
export type Moved = Difference & Readonly<{ subject: Clocked; subjectId: string; number: string }>;

/**
 * What came of counting anew. `orders` are all things whose clocks were; `moved` lists the first 1000, `movedCount` and
 * `keptCount` count all.
 */
export type Recomputed = Readonly<{
  orders: number;
  moved: readonly Moved[];
  movedCount: number;
  keptCount: number;
}>;

const listed = 1000;

/** Counts every open clock anew, work orders' where it is not done yet. */
export async function recomputeAll(deps: Deps, actor: Actor, acceptEarlier: boolean): Promise<Recomputed> {
  const { city } = deps.city();
  const moved: Moved[] = [];
  let [orders, movedCount, keptCount] = [0, 0, 0];
  await changeClocks(
    deps,
    actor,
    (of) => {
      const { differences, ...changed } = underCalendar(of, { city, now: deps.now(), actor, acceptEarlier });
      const { subject, id: subjectId, number } = of;
      if (changed.clocks.some((clock, i) => clock !== of.clocks[i])) orders += 1;
      keptCount += differences.filter(({ kept }) => kept).length;
      movedCount += differences.filter(({ kept }) => !kept).length;
      const shown = differences.slice(0, Math.max(0, listed - moved.length));
      moved.push(...shown.map((difference) => ({ subject, subjectId, number, ...difference })));
      return changed;
    },
    (from, after, limit) => ordersOnOtherCalendars(from, city.calendar.version, { kept: acceptEarlier, after, limit }),
  );
  return { orders, moved, movedCount, keptCount };
}
