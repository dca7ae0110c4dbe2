import type { Clock } from './clocks.ts';
import { nameOf } from './decide.ts';
import { type Climber, type LadderPolicy, rungsOf } from './ladder.ts';
import type { Setting } from './obstacles.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** One ladder takes the place of another from `to.validFrom` on. */
export type LadderChange = Readonly<{ from: Pick<LadderPolicy, 'rungs'>; to: LadderPolicy }>;

/**
 * A clock under a new ladder. A rung whose moment was over when the ladder began never fires, unless it was due under
 * the old one as well and only waited to be fired.
 */
export function underLadder<C extends Clock>(
  clock: C,
  climber: Climber,
  { from, to }: LadderChange,
  { city }: Pick<Setting, 'city'>,
): Readonly<{ clock: C; passedOver: readonly string[] }> {
  if (clock.state === 'stopped') return { clock, passedOver: [] };
  const wasDue = new Set(
    rungsOf(climber, clock, city, from.rungs)
      .filter(({ dueAt }) => dueAt <= to.validFrom)
      .map(({ rung }) => rung.id),
  );
  const passedOver = rungsOf(climber, clock, city, to.rungs)
    .filter(({ rung, dueAt, fired }) => !fired && dueAt <= to.validFrom && !wasDue.has(rung.id))
    .map(({ rung }) => rung.id);
  // Another object even where nothing is passed over: its next moment is worked out anew.
  return { clock: { ...clock, fired: [...clock.fired, ...passedOver] }, passedOver };
}

/** A work order under a new ladder; a fact says which rungs will never fire. */
export function orderUnderLadder(
  order: WorkOrder,
  change: LadderChange,
  setting: Pick<Setting, 'city' | 'now'>,
): Readonly<{ order: WorkOrder; facts: readonly Fact[] }> {
  const moved = order.clocks.map((clock) => underLadder(clock, order, change, setting));
  const passedOver = moved.flatMap(({ clock, passedOver: rungs }) =>
    rungs.map((rung) => ({ rung, clock: clock.kind, seq: clock.seq })),
  );
  const fact: Fact = {
    type: 'ladder_changed',
    at: setting.now,
    actor: nameOf(theSystem),
    unit: order.owner,
    body: { policy: change.to.version, passedOver },
  };
  return {
    order: { ...order, clocks: moved.map(({ clock }) => clock) },
    facts: passedOver.length > 0 ? [fact] : [],
  };
}
