import type { City } from './city.ts';
import { deadline } from './deadline.ts';
import { timetableOf } from './order-clocks.ts';
import type { Instant } from './time.ts';
import type { Fact } from './work-order.ts';

/** A small thing to do that belongs to no clock of an order, by whoever has the role, or by the unit. */
export type NewTask = Readonly<{
  kind: string;
  role: string | null;
  unit: string | null;
  body: Readonly<Record<string, unknown>>;
  dueAt: Instant | null;
}>;

/** What the ladder asks of a shift leader, by the fact that says so. */
const ofShiftLeader: ReadonlySet<string> = new Set(['unacknowledged', 'judges_silent']);

/** Kinds of task the ladder opens: they are over when the order ends. */
export const ladderTasks: readonly string[] = [...ofShiftLeader, 'told'];

/**
 * The task a fact opens; null for most. The rules: a granted return shows that the directory named the wrong unit; what
 * the ladder tells a shift leader waits for one.
 */
export function taskOf({ type, at, body }: Fact, city: City): NewTask | null {
  if (ofShiftLeader.has(type) || (type === 'told' && body.role === 'shift_leader'))
    return { kind: type, role: 'shift_leader', unit: null, body, dueAt: null };
  if (type !== 'directory_repair') return null;
  const { dueAt } = deadline({ start: at, kind: 'working_day', amount: 1, ...timetableOf(city, null) });
  return { kind: type, role: 'dispatcher', unit: null, body, dueAt };
}
