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
const ofShiftLeader: ReadonlySet<string> = new Set([
  'unacknowledged',
  'judges_missing',
  'reviewers_missing',
  'inspector_silent',
]);

/** Kinds of task the ladder opens: they are over when the order ends. */
export const ladderTasks: readonly string[] = ['unacknowledged', 'judges_missing', 'told'];

/**
 * The task a fact opens; null for most. The rules: a granted return shows that the directory named the wrong unit; what
 * the ladder tells a shift leader or a duty office waits for one; a policy that stands in residents' way is the centre
 * leader's; a unit that owes an explanation gives it within three working days; who presses residents to change a rating is
 * the inspector's.
 */
export function taskOf({ type, at, unit, body }: Fact, city: City): NewTask | null {
  if (ofShiftLeader.has(type) || (type === 'told' && body.role === 'shift_leader'))
    return { kind: type, role: 'shift_leader', unit: null, body, dueAt: null };
  // Two hours or a day are over before anybody reads a letter: the duty office of the district has to look.
  if (type === 'told' && body.role === 'duty_office' && unit !== null)
    return { kind: type, role: null, unit, body, dueAt: at };
  if (type === 'policy_problem' || type === 'exclusions_over_cap')
    return { kind: type, role: 'centre_leader', unit: null, body, dueAt: null };
  if (type === 'explanation_owed')
    return { kind: type, role: null, unit, body, dueAt: workingDaysFrom(at, 3, unit, city) };
  if (type === 'asked_to_change_rating')
    return { kind: type, role: 'inspector', unit: null, body, dueAt: workingDaysFrom(at, 1, null, city) };
  if (type !== 'directory_repair') return null;
  return { kind: type, role: 'dispatcher', unit: null, body, dueAt: workingDaysFrom(at, 1, null, city) };
}

const workingDaysFrom = (start: Instant, amount: number, unit: string | null, city: City): Instant =>
  deadline({ start, kind: 'working_day', amount, ...timetableOf(city, unit) }).dueAt;
