import type { ClocksChanged, HasClocks } from './clocked.ts';
import { nameOf } from './decide.ts';
import { type Climber, type LadderPolicy, rungsOf } from './ladder.ts';
import type { Setting } from './obstacles.ts';
import { type Fact, type OrderClock, theSystem } from './work-order.ts';

/** One ladder takes the place of another from `to.validFrom` on. */
export type LadderChange = Readonly<{ from: Pick<LadderPolicy, 'rungs'>; to: LadderPolicy }>;

/**
 * Every clock under a new ladder; a fact says which rungs will never fire: those whose moment was over when the ladder
 * began, unless they were due under the old one as well and only waited to be fired.
 */
export function underLadder(
  { clocks, climber, unit }: HasClocks,
  change: LadderChange,
  { city, now }: Pick<Setting, 'city' | 'now'>,
): ClocksChanged {
  const passedOver: { rung: string; clock: string; seq: number }[] = [];
  const moved = clocks.map((clock) => {
    if (clock.state === 'stopped') return clock;
    const over = passedBy(clock, climber(clock), change, city);
    passedOver.push(...over.map((rung) => ({ rung, clock: clock.kind, seq: clock.seq })));
    // Another object even where nothing is passed over: its next moment is worked out anew.
    return { ...clock, fired: [...clock.fired, ...over] };
  });
  const body = { policy: change.to.version, passedOver };
  const fact: Fact = { type: 'ladder_changed', at: now, actor: nameOf(theSystem), unit, body };
  return { clocks: moved, facts: passedOver.length > 0 ? [fact] : [] };
}

function passedBy(
  clock: OrderClock,
  climber: Climber,
  { from, to }: LadderChange,
  city: Setting['city'],
): readonly string[] {
  const wasDue = new Set(
    rungsOf(climber, clock, city, from.rungs)
      .filter(({ dueAt }) => dueAt <= to.validFrom)
      .map(({ rung }) => rung.id),
  );
  return rungsOf(climber, clock, city, to.rungs)
    .filter(({ rung, dueAt, fired }) => !fired && dueAt <= to.validFrom && !wasDue.has(rung.id))
    .map(({ rung }) => rung.id);
}
