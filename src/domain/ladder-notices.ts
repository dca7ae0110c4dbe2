import type { Clock } from './clocks.ts';
import { nameOf } from './decide.ts';
import type { Climbed } from './ladder-climb.ts';
import type { Fired, Intent } from './ladder-fire.ts';
import type { Setting } from './obstacles.ts';
import { postTold } from './post-told.ts';
import { asProblem } from './responsibility.ts';
import { type Fact, theSystem, type WorkOrder } from './work-order.ts';

/** What all clocks of an order did at once: the order after them, what became true, and which rungs fired. */
export type ClimbedAll<T> = Readonly<{ order: T; facts: readonly Fact[]; fired: readonly Fired[] }>;

/** Lets every clock of an order climb, one after the other, and tells whom its rungs tell. */
export function climbAll<T extends Readonly<{ clocks: readonly Clock[] }>>(
  order: T,
  climbed: (order: T, seq: number) => Climbed<T> | null,
  setting: Pick<Setting, 'now' | 'city'>,
): ClimbedAll<T> {
  return order.clocks.reduce<ClimbedAll<T>>(
    (before, clock) => {
      const after = climbed(before.order, clock.seq);
      if (after === null) return before;
      return {
        order: after.order,
        facts: [...before.facts, ...after.facts, ...noticesOf(after.intents, clock, setting)],
        fired: [...before.fired, ...after.fired],
      };
    },
    { order, facts: [], fired: [] },
  );
}

/** What rungs tell people, one fact for each who is told; supervising and raising are more than telling. */
export const noticesOf = (
  intents: readonly Intent[],
  clock: Clock,
  { now, city }: Pick<Setting, 'now' | 'city'>,
): readonly Fact[] =>
  intents.flatMap((intent): Fact[] => {
    const about = { clock: { seq: clock.seq, kind: clock.kind, unit: clock.unit, dueAt: clock.dueAt } };
    const fact = (type: string, unit: string | null, body: Fact['body'] = {}): Fact[] => [
      { type, at: now, actor: nameOf(theSystem), unit, body: { ...body, ...about } },
    ];
    switch (intent.do) {
      case 'warn':
        return fact('warned', intent.unit, intent.unit === null ? {} : postTold(intent.unit, 'clerk', city));
      case 'urge':
        return fact('urged', intent.unit, { role: intent.role });
      case 'tell':
        return fact('told', intent.unit, { role: intent.role });
      case 'tell_post': {
        const { unit, whom } = intent;
        return fact(`${whom}_told`, unit, { ...postTold(unit, whom, city), since: clock.startedAt });
      }
      case 'ring':
        return fact('ring', intent.unit, { whom: intent.whom, ...postTold(intent.unit, intent.whom, city) });
      case 'human_acknowledgement':
        return fact('unacknowledged', null, { role: intent.role, choices: intent.choices });
      case 'one_level_up':
        return fact('told', intent.to, { role: null, raised: intent.unit });
      default:
        return [];
    }
  });

/** One level up (提级办理): the order becomes a problem order, which the superior supervises and may designate. */
export function raised(
  order: WorkOrder,
  intents: readonly Intent[],
  { now, city }: Setting,
): Readonly<{ order: WorkOrder; facts: readonly Fact[] }> {
  const up = intents.some((intent) => intent.do === 'one_level_up') && !order.problem;
  if (!up) return { order, facts: [] };
  const problem = asProblem(order, city);
  const facts = problem.facts.map((fact) => ({ ...fact, at: now, actor: nameOf(theSystem) }));
  return { order: problem.order, facts };
}
