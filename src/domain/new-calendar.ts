import type { City } from './city.ts';
import { type Clock, type ClockKind, recompute } from './clocks.ts';
import { nameOf } from './decide.ts';
import { timetableOf } from './order-clocks.ts';
import type { Instant } from './time.ts';
import type { Actor, Fact } from './work-order.ts';

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

/** Every clock that has not stopped, counted anew, and which of them moved or would have moved earlier. */
export function underCalendar<C extends Clock>(
  clocks: readonly C[],
  { city, now, acceptEarlier }: NewCalendar,
): Readonly<{ clocks: readonly C[]; differences: readonly Difference[] }> {
  const differences: Difference[] = [];
  const counted: C[] = [];
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
  return { clocks: counted, differences };
}

/** A contact clock stands on its sign clock, which comes before it: where that moved, so does the floor. */
function overSign<C extends Clock>(clock: C, counted: readonly C[]): C {
  if (clock.kind !== 'contact' || clock.notBefore === null) return clock;
  const sign = counted.findLast(
    ({ kind, unit, state }) => kind === 'sign' && unit === clock.unit && state !== 'stopped',
  );
  return sign === undefined || sign.dueAt === clock.notBefore ? clock : { ...clock, notBefore: sign.dueAt };
}

/** What became of the clocks of an order is in its record; nothing where nothing moved. */
export const recomputedFacts = (
  unit: string | null,
  differences: readonly Difference[],
  { city, now, actor }: NewCalendar,
): readonly Fact[] => {
  const body = { calendarVersion: city.calendar.version, clocks: differences };
  return differences.length === 0 ? [] : [{ type: 'clocks_recomputed', at: now, actor: nameOf(actor), unit, body }];
};
