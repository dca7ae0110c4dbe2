import type { City } from './city.ts';
import type { ClocksChanged, HasClocks } from './clocked.ts';
import { type ClockKind, recompute } from './clocks.ts';
import { nameOf } from './decide.ts';
import { timetableOf } from './order-clocks.ts';
import type { Instant } from './time.ts';
import type { Actor, Fact, OrderClock } from './work-order.ts';

/** What a new calendar says of a clock: due `before`, `after` it, and as `counted`; `kept` where that is earlier and the old date holds. */
export type Difference = Readonly<{
  clock: ClockKind;
  before: Instant;
  after: Instant;
  counted: Instant;
  kept: boolean;
}>;

/** Under which calendar clocks are counted anew, and whether dates that come earlier were seen and taken. */
export type NewCalendar = Readonly<{ city: City; now: Instant; actor: Actor; acceptEarlier: boolean }>;

/**
 * Every clock that has not stopped, counted anew, and which of them moved or would have moved earlier; a fact says so, and
 * nothing where nothing moved.
 */
export function underCalendar(
  { clocks, unit }: HasClocks,
  { city, now, actor, acceptEarlier }: NewCalendar,
): ClocksChanged & Readonly<{ differences: readonly Difference[] }> {
  const differences: Difference[] = [];
  const counted: OrderClock[] = [];
  for (const clock of clocks) {
    if (clock.state === 'stopped') {
      counted.push(clock);
      continue;
    }
    const done = recompute(overSign(clock, counted), timetableOf(city, clock.unit), { at: now, acceptEarlier });
    const { before, kept } = done;
    const after = done.clock.dueAt;
    if (before !== after || kept) differences.push({ clock: clock.kind, before, after, counted: done.counted, kept });
    counted.push(done.clock);
  }
  const body = { calendarVersion: city.calendar.version, clocks: differences };
  const fact: Fact = { type: 'clocks_recomputed', at: now, actor: nameOf(actor), unit, body };
  return { clocks: counted, facts: differences.length === 0 ? [] : [fact], differences };
}

/** A contact clock stands on its sign clock, which comes before it: where that moved, so does the floor. */
function overSign(clock: OrderClock, counted: readonly OrderClock[]): OrderClock {
  if (clock.kind !== 'contact' || clock.notBefore === null) return clock;
  const sign = counted.findLast(
    ({ kind, unit, state }) => kind === 'sign' && unit === clock.unit && state !== 'stopped',
  );
  return sign === undefined || sign.dueAt === clock.notBefore ? clock : { ...clock, notBefore: sign.dueAt };
}
