import { explainClock } from '../domain/clocks.ts';
import { timetableOf } from '../domain/order-clocks.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Actor } from '../domain/work-order.ts';
import { factsOf } from '../store/look.ts';
import type { Deps } from './deps.ts';
import { look } from './look.ts';

/** Every clock of an order with its segments: start event, running or paused, reason, approver, days skipped, result. */
export async function explainOrder(
  deps: Deps,
  id: string,
  actor: Actor,
): Promise<readonly (ReturnType<typeof explainClock> & { about: string | null })[] | Refusal> {
  const seen = await look(deps, id, actor);
  if ('kind' in seen) return seen;
  const { city } = deps.city();
  return seen.order.clocks.map((clock) => ({
    ...explainClock(clock, timetableOf(city, clock.unit)),
    about: clock.about,
  }));
}

const ruleFacts = new Set([
  'problem_order',
  'rung_fired',
  'ladder_changed',
  'nothing_due',
  'urged',
  'approval_lapsed',
  'sign_by_timeout',
  'verify_by_timeout',
  'resume',
  'restore',
  'conclude',
]);

/** Why the order is where it is: how it was placed, which row of which directory, which limits, and what rules have done. */
export async function why(deps: Deps, id: string, actor: Actor): Promise<object | Refusal> {
  const seen = await look(deps, id, actor);
  if ('kind' in seen) return seen;
  const { order } = seen;
  const facts = await factsOf(deps.pool, id, 0, 1000);
  const { city } = deps.city();
  return {
    placement: order.placement,
    routing: order.routing,
    directory: { version: order.routing.row?.version ?? city.directory.version, row: order.routing.row },
    responsible: order.assignments.map(({ unit, cause, basis, from, to }) => ({ unit, cause, basis, from, to })),
    clocks: order.clocks.map(({ kind, rule, calendarVersion, startEvent, startedAt, dueAt }) => ({
      kind,
      rule,
      calendarVersion,
      startEvent,
      startedAt,
      dueAt,
    })),
    rules: facts
      .filter((f) => ruleFacts.has(f.type) && (f.actor.client === 'system' || f.type === 'problem_order'))
      .map(({ type, at, unit, body }) => ({ type, at, unit, body })),
  };
}
