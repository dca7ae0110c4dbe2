import type { Climber } from './ladder.ts';
import type { Fact, OrderClock } from './work-order.ts';

/** What has clocks: work orders, and everything beside them that somebody owes something on. */
export const clocked = ['work_order', 'coordination_order', 'supervision_order', 'undertaking', 'admission'] as const;
export type Clocked = (typeof clocked)[number];

/**
 * One of them, as a rule sees it that is about clocks and nothing else: another calendar, another ladder. `unit` is whose
 * facts about it are, `climber` how the ladder sees a clock of it.
 */
export type HasClocks = Readonly<{
  subject: Clocked;
  id: string;
  number: string;
  unit: string | null;
  clocks: readonly OrderClock[];
  climber: (clock: OrderClock) => Climber;
}>;

/** Its clocks after the rule, the same objects where it leaves them as they are, and what became true. */
export type ClocksChanged = Readonly<{ clocks: readonly OrderClock[]; facts: readonly Fact[] }>;
